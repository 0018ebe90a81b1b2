using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Feeds;

/// <summary>Something that is not published yet.</summary>
[JsonConverter(typeof(IdJson<DraftId>))]
public readonly record struct DraftId(long Value) : IId<DraftId>, IComparable<DraftId>
{
    public static DraftId From(long value) => new(value);

    public static DraftId Parse(string s, IFormatProvider? provider) => Id.Parse<DraftId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out DraftId result) => Id.TryParse(s, out result);

    public int CompareTo(DraftId other) => Value.CompareTo(other.Value);

    public override string ToString() => Id.Text(Value);
}
