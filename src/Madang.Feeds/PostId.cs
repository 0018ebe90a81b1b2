using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Feeds;

/// <summary>A post, a share or a comment: a Snowflake, so ids sort by time.</summary>
[JsonConverter(typeof(IdJson<PostId>))]
public readonly record struct PostId(long Value) : IId<PostId>, IComparable<PostId>
{
    public static PostId From(long value) => new(value);

    public static PostId Parse(string s, IFormatProvider? provider) => Id.Parse<PostId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out PostId result) => Id.TryParse(s, out result);

    public int CompareTo(PostId other) => Value.CompareTo(other.Value);

    public override string ToString() => Id.Text(Value);
}
