using System.Text.Json.Serialization;

namespace Madang.Api;

/// <summary>A person. Declared here, below Accounts, because every caller has one.</summary>
[JsonConverter(typeof(IdJson<UserId>))]
public readonly record struct UserId(long Value) : IId<UserId>, IComparable<UserId>
{
    public static UserId From(long value) => new(value);

    public static UserId Parse(string s, IFormatProvider? provider) => Id.Parse<UserId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out UserId result) => Id.TryParse(s, out result);

    public int CompareTo(UserId other) => Value.CompareTo(other.Value);

    public override string ToString() => Id.Text(Value);
}
