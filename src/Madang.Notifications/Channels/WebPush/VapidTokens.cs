using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Madang.Notifications.Channels.WebPush;

/// <summary><c>Authorization: vapid t=…, k=…</c> for each origin, signed once in eight hours (RFC 8292 §2 allows 24).</summary>
internal sealed class VapidTokens(VapidKey key, string subject, TimeProvider time)
{
    /// <summary>Origins are what browsers say: somebody may say many.</summary>
    private const int MaxOrigins = 1_024;
    private static readonly TimeSpan s_life = TimeSpan.FromHours(12);
    private static readonly TimeSpan s_use = TimeSpan.FromHours(8);
    private readonly ConcurrentDictionary<string, (string Header, DateTimeOffset SignedAt)> _tokens = new();

    public string For(string origin)
    {
        var now = time.GetUtcNow();
        if (_tokens.TryGetValue(origin, out var ready) && now - ready.SignedAt < s_use && now >= ready.SignedAt - TimeSpan.FromMinutes(1))
        {
            return ready.Header;
        }

        var token = Jwt.Es256(
            key.Key, new JsonObject { ["typ"] = "JWT", ["alg"] = "ES256" },
            new JsonObject { ["aud"] = origin, ["exp"] = (now + s_life).ToUnixTimeSeconds(), ["sub"] = subject });
        var header = $"vapid t={token}, k={key.PublicKey}";
        if (_tokens.Count >= MaxOrigins)
        {
            _tokens.Clear();
        }

        _tokens[origin] = (header, now);
        return header;
    }

    /// <summary>The next one is signed anew.</summary>
    public void Forget(string origin) => _tokens.TryRemove(origin, out _);
}
