namespace Madang.Notifications.Channels;

/// <summary>What an answer means for the delivery. The numbers are stored with each attempt.</summary>
internal enum AnswerClass
{
    /// <summary>Taken. Not: shown.</summary>
    Ok = 1,

    /// <summary>Not now; try again by the schedule of its error class.</summary>
    Retry = 2,

    /// <summary>Not over this connection; on a new one at once.</summary>
    RetryNewConnection = 3,

    /// <summary>The credential has to be renewed, once, and then again.</summary>
    Reauth = 4,

    /// <summary>The address is dead: disabled, never retried.</summary>
    DeadAddress = 5,

    /// <summary>What we sent is at fault: a dead letter.</summary>
    Reject = 6,

    /// <summary>Our account or setting is at fault: the queue pauses, somebody is told, nothing is lost.</summary>
    Config = 7,

    /// <summary>It was written and no answer came.</summary>
    Ambiguous = 8,

    /// <summary>The person said no to the provider itself: on the suppression list, never retried.</summary>
    Suppressed = 9,
}

/// <summary>What a retry or a pause holds up.</summary>
internal enum AnswerScope
{
    /// <summary>This delivery alone.</summary>
    Delivery = 1,

    /// <summary>Every delivery to this address.</summary>
    Address = 2,

    /// <summary>Every delivery to this domain (mail) or origin (Web Push).</summary>
    Domain = 3,

    /// <summary>The whole queue of this provider.</summary>
    Provider = 4,
}

/// <summary>A provider's answer, classed.</summary>
/// <param name="Code">The provider's own word, short and stable: <c>410 Unregistered</c>, <c>450 4.2.0</c>, <c>timeout</c>. For the log and for people.</param>
internal readonly record struct ProviderAnswer(AnswerClass Class, string Code)
{
    /// <summary>More of what it said, at most 500 characters, never a secret.</summary>
    public string? Detail { get; init; }

    /// <summary>The provider's name for the message, by which a callback will speak of it.</summary>
    public string? MessageId { get; init; }

    /// <summary>No earlier than this, counted from now.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public AnswerScope Scope { get; init; } = AnswerScope.Delivery;

    /// <summary>Not sent again by anything but hand, or only once: an error that a second try rarely mends (30003 of SMS).</summary>
    public int? MaxRetries { get; init; }

    public static ProviderAnswer Ok(string code, string? messageId = null) => new(AnswerClass.Ok, code) { MessageId = messageId };

    public static ProviderAnswer Ambiguous(string code) => new(AnswerClass.Ambiguous, code);

    /// <summary>Of a provider that cannot be asked what became of a message: it was not called, so this says nothing about how it does.</summary>
    public static ProviderAnswer NoLookUp { get; } = Ambiguous("no_lookup");

    public bool IsNotFromProvider => Class == AnswerClass.Ambiguous && Code == NoLookUp.Code;
}
