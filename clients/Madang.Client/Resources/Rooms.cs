using System.Runtime.CompilerServices;

namespace Madang.Client.Resources;

/// <summary>Rooms, their members and their messages. A stranger gets not_found for everything.</summary>
public sealed class Rooms
{
    private readonly Http _http;

    internal Rooms(Http http) => _http = http;

    public Paged<Room> List() => new(_http, "/v1/rooms", ClientJson.Default.PageRoom);

    public Task<Room> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(Path(id), ClientJson.Default.Room, cancellationToken);

    /// <summary>The direct room of a pair is made once and answered from then on. Codes: room_full, blocked, user_not_found, direct_needs_one.</summary>
    public Task<Room> CreateAsync(NewRoom room, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/rooms", room, ClientJson.Default.NewRoom, ClientJson.Default.Room, cancellationToken);

    /// <summary>Codes: not_a_group, forbidden.</summary>
    public Task<Room> RenameAsync(string id, string title, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, Path(id), new RoomChange(title), ClientJson.Default.RoomChange, ClientJson.Default.Room, cancellationToken);

    /// <param name="role">owner or member; member for a new one, and no change for an old one, without.</param>
    public Task<Member> PutMemberAsync(string id, string userId, string? role = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Put, $"{Path(id)}/members/{Uri.EscapeDataString(userId)}", new MemberChange(role), ClientJson.Default.MemberChange, ClientJson.Default.Member, cancellationToken);

    /// <summary>Removes a member; oneself to leave.</summary>
    public Task RemoveMemberAsync(string id, string userId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"{Path(id)}/members/{Uri.EscapeDataString(userId)}", cancellationToken);

    /// <summary>
    /// Posts one message, once: a repeat with the same client id answers the first. For a conversation prefer <see cref="MadangRealtime.SendAsync"/>, which keeps the
    /// order and tries again. Codes: blocked, idempotency_conflict.
    /// </summary>
    public Task<Message> PostAsync(string id, NewMessage message, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{Path(id)}/messages", message, ClientJson.Default.NewMessage, ClientJson.Default.Message, cancellationToken);

    /// <summary>One page of history, ascending by seq; the newest page without a position. At most one of the three positions.</summary>
    public Task<Page<Message>> HistoryAsync(
        string id, long? before = null, long? after = null, long? around = null, int? limit = null, CancellationToken cancellationToken = default) => _http.GetAsync(
            $"{Path(id)}/messages", ClientJson.Default.PageMessage, cancellationToken,
            ("before", Http.Text(before)), ("after", Http.Text(after)), ("around", Http.Text(around)), ("limit", Http.Text(limit)));

    /// <summary>Every message above <paramref name="after"/>, ascending, page after page.</summary>
    public async IAsyncEnumerable<Message> HistoryFromAsync(string id, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Page<Message> page;
        do
        {
            page = await HistoryAsync(id, after: after, limit: 100, cancellationToken: cancellationToken);
            foreach (var message in page.Items)
            {
                after = message.Seq;
                yield return message;
            }
        }
        while (page.Next is not null && page.Items.Count > 0);
    }

    /// <summary>Marks as read; a mark never goes back.</summary>
    public Task<ReadMark> ReadAsync(string id, long seq, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"{Path(id)}/read", new ReadUpTo(seq), ClientJson.Default.ReadUpTo, ClientJson.Default.ReadMark, cancellationToken);

    public Task TypingAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Post, $"{Path(id)}/typing", cancellationToken);

    private static string Path(string id) => $"/v1/rooms/{Uri.EscapeDataString(id)}";
}
