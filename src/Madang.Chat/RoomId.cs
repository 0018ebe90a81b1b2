using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Chat;

/// <summary>A room, direct or group.</summary>
[JsonConverter(typeof(IdJson<RoomId>))]
public readonly record struct RoomId(long Value) : IId<RoomId>, IComparable<RoomId>
{
    public static RoomId From(long value) => new(value);

    public static RoomId Parse(string s, IFormatProvider? provider) => Id.Parse<RoomId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out RoomId result) => Id.TryParse(s, out result);

    public int CompareTo(RoomId other) => Value.CompareTo(other.Value);

    public override string ToString() => Id.Text(Value);
}
