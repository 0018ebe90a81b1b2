using System.Globalization;
using System.Text;
using Madang.Api;

namespace Madang.Sqlite.Accounts;

/// <summary>SQLite takes no arrays: a list of ids goes in as one JSON text, read by <c>json_each</c>, so that one statement serves every length.</summary>
internal static class IdList
{
    public static string Of(IReadOnlyCollection<UserId> ids)
    {
        var json = new StringBuilder(ids.Count * 20).Append('[');
        foreach (var id in ids)
        {
            json.Append(json.Length > 1 ? "," : "").Append(id.Value.ToString(CultureInfo.InvariantCulture));
        }

        return json.Append(']').ToString();
    }
}
