using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Sandbox;

/// <summary>A message that a stand-in took.</summary>
/// <param name="Device">Whom it was for: device token, subscription, address, number.</param>
/// <param name="Id">The sender's own name for the message, the same when it comes again.</param>
/// <param name="CollapseKey">Messages of one device with the same key show as one; null when each shows.</param>
/// <param name="Text">What is shown, or the whole payload.</param>
/// <param name="IsAnswered">False when the answer was lost on purpose.</param>
public sealed record ReceivedMessage(string Device, string Id, string? CollapseKey, string Text, bool IsAnswered, DateTimeOffset At)
{
    /// <summary>Headers and the like, for whoever looks.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}

/// <summary>Counts over everything that came.</summary>
/// <param name="Messages">Different messages (device and id).</param>
/// <param name="Taken">Messages taken, doubles included.</param>
/// <param name="TransportDoubles">Came again after they had been taken.</param>
/// <param name="ShownDoubles">Of those: what a person would see twice, because no collapse key laid one over the other.</param>
/// <param name="Replaced">Other messages that took an earlier one's place on the device.</param>
/// <param name="Refused">Requests that were answered with an error, by rule or by right.</param>
public sealed record ReceivedCounts(long Messages, long Taken, long TransportDoubles, long ShownDoubles, long Replaced, long Refused);

/// <summary>
/// What arrived: the last messages in full, and for all of them what a device shows. Devices fold by collapse key, so that a second copy under the same key replaces
/// the first. Memory: some 100 bytes a message, in numbers that no collection looks through, and 1,000 messages in full.
/// </summary>
public sealed class Received(int kept = 1_000)
{
    private readonly Lock _gate = new();
    private readonly Queue<ReceivedMessage> _last = new();
    private readonly HashSet<UInt128> _messages = [];
    private readonly HashSet<UInt128> _shown = [];
    private long _taken;
    private long _doubles;
    private long _shownDoubles;
    private long _replaced;
    private long _refused;

    public ReceivedCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new ReceivedCounts(_messages.Count, _taken, _doubles, _shownDoubles, _replaced, _refused);
            }
        }
    }

    public void Take(ReceivedMessage message)
    {
        lock (_gate)
        {
            _taken++;
            if (!_messages.Add(Fingerprint(message.Device, message.Id)))
            {
                _doubles++;
                _shownDoubles += message.CollapseKey is null ? 1 : 0;
            }
            else if (message.CollapseKey is { } key && !_shown.Add(Fingerprint(message.Device, key)))
            {
                _replaced++;
            }

            _last.Enqueue(message);
            if (_last.Count > kept)
            {
                _last.Dequeue();
            }
        }
    }

    public void Refuse()
    {
        lock (_gate)
        {
            _refused++;
        }
    }

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyList<ReceivedMessage> Last(string? device = null, int limit = 1_000)
    {
        lock (_gate)
        {
            return [.. _last.Where(message => device is null || message.Device == device).TakeLast(limit)];
        }
    }

    /// <summary>Whether a message came, and how often it was not needed.</summary>
    public bool Has(string device, string id)
    {
        lock (_gate)
        {
            return _messages.Contains(Fingerprint(device, id));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _last.Clear();
            _messages.Clear();
            _shown.Clear();
            _taken = _doubles = _shownDoubles = _replaced = _refused = 0;
        }
    }

    private static UInt128 Fingerprint(string device, string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\n{name}"), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
