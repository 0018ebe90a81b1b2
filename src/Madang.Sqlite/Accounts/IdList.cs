using System.Globalization;
using Madang.Api;

namespace Madang.Sqlite.Accounts;

/// <summary>SQLite takes no arrays: a list of ids goes in as one JSON text, read by <c>json_each</c>, so that one statement serves every length.</summary>
internal static class IdList
{
    public static string Of(IEnumerable<UserId> ids) => Of(ids.Select(id => id.Value));

    public static string Of(IEnumerable<long> ids) => string.Create(CultureInfo.InvariantCulture, $"[{string.Join(',', ids)}]");
}
