using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Microsoft.Extensions.Configuration;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>Envelopes and settings that are right in every way but the one that a test is about.</summary>
internal static class Pushes
{
    private static long s_next = 1_000_000_000_000_000;

    public static readonly DateTimeOffset Registered = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    public static Envelope To(string address, string title = "새 메시지", string body = "안녕하세요 👋", string data = """{"room":"7"}""") => new()
    {
        Delivery = new DeliveryId(Interlocked.Increment(ref s_next)),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "chat.message",
        Address = address,
        RegisteredAt = Registered,
        Content = new PushContent(title, body, "https://madang.example.org/rooms/7", data, new Badge(3, 42)),
        CollapseKey = "room-7",
        ExpiresAt = new DateTimeOffset(2026, 6, 2, 9, 0, 0, TimeSpan.Zero),
        Priority = DeliveryPriority.High,
        Locale = "ko",
    };

    public static IConfiguration Section(IReadOnlyDictionary<string, string> settings, params (string Key, string? Value)[] more) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)))
            .AddInMemoryCollection(more.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))).Build();

    /// <summary>The provider of a section without faults.</summary>
    public static IProvider Made((IProvider? Provider, IReadOnlyList<string> Faults) made)
    {
        Assert.Empty(made.Faults);
        return made.Provider!;
    }
}

/// <summary>A row of the contract: what the provider answers, and what it has to mean.</summary>
public sealed record ContractRow(int Status, string? Reason, AnswerClassName Means, string Scope = "Delivery", int? RetryAfterSeconds = null)
{
    public override string ToString() => $"{Status} {Reason}".TrimEnd() + $" is {Means}";
}

/// <summary>The internal classes by name, as theory rows are public.</summary>
public enum AnswerClassName
{
    Ok = AnswerClass.Ok,
    Retry = AnswerClass.Retry,
    RetryNewConnection = AnswerClass.RetryNewConnection,
    Reauth = AnswerClass.Reauth,
    DeadAddress = AnswerClass.DeadAddress,
    Reject = AnswerClass.Reject,
    Config = AnswerClass.Config,
    Ambiguous = AnswerClass.Ambiguous,
    Suppressed = AnswerClass.Suppressed,
}
