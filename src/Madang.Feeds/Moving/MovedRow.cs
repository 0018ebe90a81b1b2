namespace Madang.Feeds.Moving;

/// <summary>What people take along. The words are the addresses: <c>/v1/follows/export</c>.</summary>
internal enum MovedKind
{
    Follows,
    Mutes,
    Blocks,
    Lists,
}

/// <summary>One row of a file that somebody brings along, by Mastodon's columns.</summary>
/// <param name="Address">As it stands in the file: <c>mina</c>, <c>@mina</c> or <c>mina@example.org</c>.</param>
/// <param name="List">The title of a list; null but in files of lists.</param>
/// <param name="Shares">Of a follow: what stands under "Show boosts", if anything.</param>
/// <param name="Notify">Of a follow: whether to be told of new posts, if it says so.</param>
internal sealed record MovedRow(int Line, string Address, string? List, bool? Shares, bool? Notify)
{
    /// <summary>What Mastodon 4 writes above follows.</summary>
    public static readonly string[] FollowColumns = ["Account address", "Show boosts", "Notify on new posts", "Languages"];

    /// <summary>What Mastodon 4 writes above mutes. Blocks and lists have no line of names there.</summary>
    public static readonly string[] MuteColumns = ["Account address", "Hide notifications"];

    /// <summary>Rows by the names of their columns where the first line holds names, else by the places that they have in a file of this kind.</summary>
    public static IReadOnlyList<MovedRow> Of(MovedKind kind, IReadOnlyList<CsvRow> rows)
    {
        var columns = kind == MovedKind.Lists ? ["List name", "Account address"] : FollowColumns;
        var named = rows.Count > 0 && rows[0].Fields.Any(field => Is(field, "Account address") || Is(field, "Account"));
        if (named)
        {
            columns = [.. rows[0].Fields.Select(field => Is(field, "Account") ? "Account address" : field.Trim())];
        }

        return [.. rows.Skip(named ? 1 : 0).Select(row => new MovedRow(
            row.Line, Field(row, columns, "Account address") ?? "", kind == MovedKind.Lists ? Field(row, columns, "List name") ?? "" : null,
            kind == MovedKind.Follows ? YesNo(Field(row, columns, "Show boosts")) : null,
            kind == MovedKind.Follows ? YesNo(Field(row, columns, "Notify on new posts")) : null))];
    }

    /// <summary>
    /// The login name behind an address, when it is one of ours: without a domain, of our own host, or of the community that somebody says they all came
    /// from. Null for people of other servers: whoever has the same name here is somebody else.
    /// </summary>
    public string? NameHere(string? ownHost, string? oldHost)
    {
        var address = Address.Trim();
        address = address.StartsWith('@') ? address[1..] : address;
        var at = address.LastIndexOf('@');
        if (at < 0)
        {
            return address;
        }

        var host = address[(at + 1)..];
        return (ownHost is not null && Is(host, ownHost)) || (oldHost is not null && Is(host, oldHost)) ? address[..at] : null;
    }

    private static string? Field(CsvRow row, string[] columns, string name)
    {
        var at = Array.FindIndex(columns, column => Is(column, name));
        return at >= 0 && at < row.Fields.Count ? row.Fields[at].Trim() : null;
    }

    private static bool? YesNo(string? field) => field switch
    {
        null or "" => null,
        _ when Is(field, "true") || field == "1" => true,
        _ when Is(field, "false") || field == "0" => false,
        _ => null,
    };

    private static bool Is(string one, string other) => string.Equals(one.Trim(), other, StringComparison.OrdinalIgnoreCase);
}
