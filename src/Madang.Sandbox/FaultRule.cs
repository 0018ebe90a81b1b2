namespace Madang.Sandbox;

/// <summary>What a stand-in does wrong, and when. Everything but the effect narrows down when: together they all have to hold.</summary>
public sealed record FaultRule
{
    /// <summary>Where a message is taken: with SMTP, after the dot that ends it.</summary>
    public const string LastStage = "dot";

    private static readonly string[] s_stages = ["banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", LastStage];

    /// <summary>False for a rule that would never hold, or means nothing.</summary>
    internal bool IsSound => Rate is >= 0 and <= 1 && LatencyMs is >= 0 and <= 600_000 && Status is null or (>= 200 and <= 599) && Next is null or > 0 && Every is null or > 0
        && (Stage is null || s_stages.Contains(Stage));

    /// <summary>Share of the requests, 0 to 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Only so many times, then the rule is over.</summary>
    public int? Next { get; init; }

    /// <summary>Only each so-many-th request.</summary>
    public int? Every { get; init; }

    /// <summary>Only requests to this device token, subscription or address.</summary>
    public string? Device { get; init; }

    /// <summary>Of SMTP: the step of the dialogue that it falls on (banner, ehlo, starttls, auth, mail, rcpt, data, dot); the last one without it.</summary>
    public string? Stage { get; init; }

    /// <summary>Waits so long before anything else.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Answers this (of SMTP: the reply code) instead of taking the message.</summary>
    public int? Status { get; init; }

    /// <summary>The provider's word beside the status.</summary>
    public string? Reason { get; init; }

    /// <summary>The whole body of the answer, instead of the one that <see cref="Reason"/> makes.</summary>
    public string? Body { get; init; }

    /// <summary>Header Retry-After, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Header Location, for redirects.</summary>
    public string? Location { get; init; }

    public FaultEffect Effect { get; init; }
}

/// <summary>What becomes of the message and of the line.</summary>
public enum FaultEffect
{
    /// <summary>Nothing else: the latency and the status are the fault.</summary>
    None,

    /// <summary>Takes the message and never answers this request; others on the connection go on.</summary>
    Lost,

    /// <summary>Takes the message and closes the connection without an answer.</summary>
    Cut,

    /// <summary>Takes the message, answers, and asks the client to leave the connection (GOAWAY).</summary>
    Goaway,

    /// <summary>Takes the message and never answers, keeping the connection open.</summary>
    Silent,
}
