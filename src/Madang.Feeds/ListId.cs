using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Feeds;

/// <summary>One of somebody's lists of people.</summary>
[JsonConverter(typeof(IdJson<ListId>))]
public readonly record struct ListId(long Value) : IId<ListId>, IComparable<ListId>
{
    public static ListId From(long value) => new(value);

    public static ListId Parse(string s, IFormatProvider? provider) => Id.Parse<ListId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out ListId result) => Id.TryParse(s, out result);

    public int CompareTo(ListId other) => Value.CompareTo(other.Value);

    public override string ToString() => Id.Text(Value);
}
