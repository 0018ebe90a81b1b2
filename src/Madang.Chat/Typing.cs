using System.Collections.Concurrent;
using System.Text.Json;
using Madang.Api;
using Madang.Chat.Endpoints;
using Madang.Realtime;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>Passes on that somebody is writing. Never stored; of one person in one room at most one passes per interval.</summary>
public sealed class Typing
{
    /// <summary>How long the hint holds without another one.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(6);

    /// <summary>Beyond this many the expired ones are dropped, so that memory follows who types now.</summary>
    private const int SweepAt = 10_000;

    private readonly ConcurrentDictionary<(RoomId, UserId), long> _passed = new();
    private readonly IMemberStore _members;
    private readonly ISignals _signals;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private int _sweeping;

    internal Typing(IMemberStore members, ISignals signals, TimeProvider time, IOptions<ChatOptions> options) =>
        (_members, _signals, _time, _interval) = (members, signals, time, TimeSpan.FromMilliseconds(options.Value.TypingIntervalMs));

    public async Task<Result<Done>> TellAsync(UserId typist, RoomId room, CancellationToken cancellationToken)
    {
        if (_passed.TryGetValue((room, typist), out var last) && _time.GetElapsedTime(last) < _interval)
        {
            return Done.Value;
        }

        if (await _members.OnlookersAsync(typist, room, cancellationToken) is not { } onlookers)
        {
            return ApiErrors.NotFound;
        }

        _passed[(room, typist)] = _time.GetTimestamp();
        if (onlookers.Count > 0)
        {
            var typing = JsonSerializer.SerializeToUtf8Bytes(new TypingJson(room, typist, (long)Expiry.TotalMilliseconds), ApiJson.Options);
            _signals.Send(onlookers, new Signal("typing", $"{room}/{typist}", typing));
        }

        Sweep();
        return Done.Value;
    }

    private void Sweep()
    {
        if (_passed.Count < SweepAt || Interlocked.Exchange(ref _sweeping, 1) == 1)
        {
            return;
        }

        foreach (var (key, last) in _passed)
        {
            if (_time.GetElapsedTime(last) >= _interval)
            {
                _ = _passed.TryRemove(new(key, last));
            }
        }

        Volatile.Write(ref _sweeping, 0);
    }
}
