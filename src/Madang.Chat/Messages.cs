using Madang.Api;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>Sends messages and reads them back.</summary>
public sealed class Messages
{
    private readonly IMessageStore _store;
    private readonly ChatOptions _options;
    private readonly ChatMeter _meter;

    internal Messages(IMessageStore store, IOptions<ChatOptions> options, ChatMeter meter) => (_store, _options, _meter) = (store, options.Value, meter);

    /// <summary>
    /// Sends a message. When the task completes it is on the disk, numbered, and in the inbox of everybody in the room. Sending it again with the
    /// same client id answers the first one.
    /// </summary>
    public async Task<Result<Posted>> PostAsync(UserId sender, RoomId room, MessageDraft draft, CancellationToken cancellationToken)
    {
        var message = Check(sender, room, draft);
        if (!message.IsOk)
        {
            return message.Error;
        }

        var posted = await _store.PostAsync(message.Value, cancellationToken);
        if (posted.IsOk)
        {
            _meter.Posted(posted.Value.Repeated);
        }

        return posted;
    }

    /// <summary>A page of the room's history, ascending by seq. A new member sees what was said before they came.</summary>
    public async Task<Result<History>> HistoryAsync(UserId viewer, RoomId room, HistoryQuery query, CancellationToken cancellationToken) =>
        await _store.ReadAsync(viewer, room, query, cancellationToken) is { } history ? history : ApiErrors.NotFound;

    private Result<NewMessage> Check(UserId sender, RoomId room, MessageDraft draft)
    {
        var text = Text.Lines(draft.Text, "text", _options.MaxTextBytes);
        var clientId = draft.ClientId ?? "";
        if (text.IsOk && ClientName.IsValid(clientId) && draft.ReplyTo is null or > 0 && !draft.HasAttachments)
        {
            return new NewMessage(sender, room, clientId, text.Value, draft.ReplyTo);
        }

        var faults = new List<FieldError>();
        if (draft.ClientId is null)
        {
            faults.Add(new("client_id", "required", "client_id, or the header Idempotency-Key, names this message for retries."));
        }
        else if (!ClientName.IsValid(clientId))
        {
            faults.Add(ClientName.Fault);
        }

        if (!text.IsOk)
        {
            faults.AddRange(text.Error.Fields);
        }

        if (draft.ReplyTo is <= 0)
        {
            faults.Add(NoSuchReply.Fields[0]);
        }

        if (draft.HasAttachments)
        {
            faults.Add(new("attachments", "invalid", "This server takes no attachments yet."));
        }

        return ApiErrors.InvalidFields with { Fields = faults };
    }

    /// <summary>For the stores: the answered message is not in the room.</summary>
    internal static Error NoSuchReply { get; } = ApiErrors.Invalid("reply_to", "out_of_range", "reply_to is the seq of a message of this room.");
}
