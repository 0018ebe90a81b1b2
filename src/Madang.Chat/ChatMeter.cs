using System.Diagnostics.Metrics;

namespace Madang.Chat;

internal sealed class ChatMeter : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _messages;

    public ChatMeter(IMeterFactory meters)
    {
        _meter = meters.Create("Madang.Chat");
        _messages = _meter.CreateCounter<long>("madang.chat.messages", "{message}", "Messages acknowledged; repeated ones had been sent before.");
    }

    public void Posted(bool repeated) => _messages.Add(1, new KeyValuePair<string, object?>("repeated", repeated));

    public void Dispose() => _meter.Dispose();
}
