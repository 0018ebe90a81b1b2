using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Accounts.Credentials;

/// <summary>The wire id of a session, an API key or an invite.</summary>
[JsonConverter(typeof(IdJson<CredentialId>))]
internal readonly record struct CredentialId(long Value) : IId<CredentialId>
{
    public static CredentialId From(long value) => new(value);

    public static CredentialId Parse(string s, IFormatProvider? provider) => Id.Parse<CredentialId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out CredentialId result) => Id.TryParse(s, out result);
}
