using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json.Serialization;

namespace Madang.Api;

/// <summary>A list on the wire: <c>{"items":[…],"next":CURSOR|null,"prev":CURSOR|null}</c>. The two cursors alone are null and never absent.</summary>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Prev = null)
{
    public Page<TOut> Select<TOut>(Func<T, TOut> map) => new([.. Items.Select(map)], Next, Prev);
}

/// <summary>Which page is asked for: <c>?cursor=&amp;limit=</c>. A cursor is a keyset on an immutable 64-bit id.</summary>
/// <param name="After">Last id of the page before, in the list's own order; null at the start.</param>
/// <param name="Limit">1 to 100.</param>
public readonly record struct PageQuery(long? After, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    /// <summary>Reads and checks the query. <paramref name="cursor"/> and <paramref name="limit"/> are as they stand on the wire.</summary>
    public static Result<PageQuery> Parse(string? cursor, string? limit)
    {
        var count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out count) || count is < 1 or > MaxLimit))
        {
            return ApiErrors.Invalid("limit", "out_of_range", $"limit is 1 to {MaxLimit}.");
        }

        return cursor switch
        {
            null or "" => new PageQuery(null, count),
            _ when Cursor.TryRead(cursor, out var after) => new PageQuery(after, count),
            _ => ApiErrors.Invalid("cursor", "invalid", "This cursor was not given by us."),
        };
    }

    /// <summary>Cuts what a store answered for <see cref="Fetch"/> rows to one page.</summary>
    public Page<T> Of<T>(IReadOnlyList<T> rows, Func<T, long> id) =>
        rows.Count > Limit ? new([.. rows.Take(Limit)], Cursor.Write(id(rows[Limit - 1]))) : new(rows, null);

    /// <summary>How many rows to ask the store for: one more than the page holds tells whether there is a next one.</summary>
    public int Fetch => Limit + 1;
}

/// <summary>The opaque wire form of a keyset: a version byte and the id, base64url.</summary>
public static class Cursor
{
    private const byte Version = 1;

    public static string Write(long id)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], id);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(ReadOnlySpan<char> cursor, out long id)
    {
        Span<byte> bytes = stackalloc byte[9];
        id = 0;
        if (cursor.Length != 12 || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != 9 || bytes[0] != Version)
        {
            return false;
        }

        id = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        return true;
    }
}
