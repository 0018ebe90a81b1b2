using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Madang.Notifications.Channels.Apns;

/// <summary>A provider token as it stands in <c>authorization</c>. Two are the same only when they are one.</summary>
internal sealed record ApnsToken(string Bearer, DateTimeOffset IssuedAt, long MintedAt, TimeSpan Life);

/// <summary>Connections to one environment for one team and key, shared by every app of them: Apple wants one team per connection, and few tokens.</summary>
internal sealed class ApnsPools(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(Uri Endpoint, string Team, string Key), ApnsPool> _pools = new();

    public ApnsPool For(ApnsSettings settings) => _pools.GetOrAdd((settings.Endpoint, settings.TeamId, settings.KeyId), _ => new ApnsPool(settings, time));

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }
}

/// <summary>The connections of one (environment, team, key) and the token that goes over them: renewed after 40 to 50 minutes, at most once in 20.</summary>
internal sealed class ApnsPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ApnsSettings _settings;
    private readonly TimeProvider _time;
    private ApnsWire _wire;
    private ApnsToken? _token;
    private DateTimeOffset _mintsFrom = DateTimeOffset.MinValue;

    public ApnsPool(ApnsSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _wire = Open();
    }

    /// <summary>The connections of now. Give them back.</summary>
    public ApnsWire Enter()
    {
        lock (_gate)
        {
            _wire.Users++;
            return _wire;
        }
    }

    public void Leave(ApnsWire wire)
    {
        lock (_gate)
        {
            wire.Users--;
            CloseIdle(wire);
        }
    }

    /// <summary>From now on others are used; these close when their last request has ended.</summary>
    public void Retire(ApnsWire wire)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_wire, wire))
            {
                _wire = Open();
                CloseIdle(wire);
            }
        }
    }

    /// <summary>The token of now, made when there is none or it is old. Whoever comes meanwhile waits for the same one.</summary>
    public ApnsToken Token()
    {
        lock (_gate)
        {
            return _token is { } token && (Age(token) < token.Life || !MayMint(token)) ? token : Mint();
        }
    }

    /// <summary>Another token than the one that was refused; null when a new one may not be made yet.</summary>
    public ApnsToken? Renew(ApnsToken refused)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_token, refused))
            {
                return _token;
            }

            return MayMint(refused) ? Mint() : null;
        }
    }

    /// <summary>Apple found the tokens too many: none for a while, and then over a new connection.</summary>
    public void StopMinting()
    {
        lock (_gate)
        {
            _mintsFrom = _time.GetUtcNow() + ApnsClassifier.TokenPause;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _wire.Dispose();
        }
    }

    /// <summary>By the clock on the wall, which is what Apple compares, unless it went backwards.</summary>
    private TimeSpan Age(ApnsToken token)
    {
        var wall = _time.GetUtcNow() - token.IssuedAt;
        var passed = _time.GetElapsedTime(token.MintedAt);
        return wall < TimeSpan.FromMinutes(-1) ? TimeSpan.MaxValue : wall > passed ? wall : passed;
    }

    private bool MayMint(ApnsToken last) => _time.GetUtcNow() >= _mintsFrom && Age(last) >= ApnsClassifier.TokenPause;

    private ApnsToken Mint()
    {
        var now = _time.GetUtcNow();
        if (_mintsFrom != DateTimeOffset.MinValue)
        {
            _mintsFrom = DateTimeOffset.MinValue;
            var old = _wire;
            _wire = Open();
            CloseIdle(old);
        }

        var bearer = "bearer " + Jwt.Es256(
            _settings.Key, new JsonObject { ["alg"] = "ES256", ["kid"] = _settings.KeyId }, new JsonObject { ["iss"] = _settings.TeamId, ["iat"] = now.ToUnixTimeSeconds() });
        // Not all servers at the same minute.
        return _token = new ApnsToken(bearer, now, _time.GetTimestamp(), TimeSpan.FromSeconds(RandomNumberGenerator.GetInt32(40 * 60, 50 * 60)));
    }

    private void CloseIdle(ApnsWire wire)
    {
        if (wire.Users == 0 && !ReferenceEquals(wire, _wire))
        {
            wire.Dispose();
        }
    }

    private ApnsWire Open() => new(ProviderHttp.Pool(TimeSpan.FromSeconds(10), _settings.Ping, _settings.Trusted));
}

/// <summary>One generation of connections.</summary>
internal sealed class ApnsWire(SocketsHttpHandler handler) : IDisposable
{
    /// <summary>Requests on their way; the pool's lock guards it.</summary>
    public int Users { get; set; }

    public HttpMessageInvoker Http { get; } = new(handler);

    /// <summary>Requests whose headers wait for a connection at once (<see cref="SentContent.EnterAsync"/>).</summary>
    public SemaphoreSlim Door { get; } = new(ProviderHttp.Door);

    public void Dispose() => Http.Dispose();
}
