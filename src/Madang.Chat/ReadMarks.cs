using System.Text.Json;
using Madang.Api;
using Madang.Chat.Endpoints;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Chat;

/// <summary>How far people have read. Marks only move forward, so devices cannot fight.</summary>
public sealed class ReadMarks
{
    private readonly IMemberStore _members;
    private readonly Database _database;
    private readonly Inbox _inbox;
    private readonly ISignals _signals;
    private readonly IUnackedDoor? _door;

    internal ReadMarks(IMemberStore members, Database database, Inbox inbox, ISignals signals, IUnackedDoor? door = null) =>
        (_members, _database, _inbox, _signals, _door) = (members, database, inbox, signals, door);

    /// <summary>
    /// Moves the reader's mark to <paramref name="seq"/>, at most to the head. A mark that moves is told to the reader's other devices by an entry, and
    /// to the others in the room by a receipt, which is only a signal.
    /// </summary>
    public async Task<Result<ReadMark>> MoveAsync(UserId reader, RoomId room, long? seq, CancellationToken cancellationToken)
    {
        if (seq is null or < 0)
        {
            return seq is null ? ApiErrors.Invalid("seq", "required", "seq is what you have read up to.") : ApiErrors.Invalid("seq", "out_of_range", "seq is 0 or more.");
        }

        var moved = await _database.WriteAsync(tx => Move(tx, reader, room, seq.Value), cancellationToken: cancellationToken);
        if (moved is not { } move)
        {
            return ApiErrors.NotFound;
        }

        if (move.Moved && await _members.OnlookersAsync(reader, room, cancellationToken) is { Count: > 0 } onlookers)
        {
            var receipt = JsonSerializer.SerializeToUtf8Bytes(new ReceiptJson(room, reader, move.Mark.ReadSeq), ApiJson.Options);
            _signals.Send(onlookers, new Signal("receipt", $"{room}/{reader}", receipt));
        }

        return move.Mark;
    }

    private (ReadMark Mark, bool Moved)? Move(WriteTx tx, UserId reader, RoomId room, long seq)
    {
        var move = _members.MarkRead(tx, room, reader, seq);
        if (move is { Moved: true })
        {
            // Read here: what waits to ring elsewhere is of no interest any more.
            _door?.Cancel(tx, reader, UnackedMessages.KeyOf(room));
            _inbox.Append(tx, new NewEntry(new(EntryType.RoomRead, room.Value, move.Value.Mark.ReadSeq), [reader], move.Value.Mark));
        }

        return move;
    }
}
