using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Preferences;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>What is asked about a delivery before it is handed over.</summary>
/// <param name="AddressId">The row of the address book; 0 when the sender gave <paramref name="Address"/>.</param>
internal sealed record ClaimQuestion(UserId? User, string Category, DeliveryChannel Channel, long AddressId, string? Address)
{
    /// <summary>By which the suppression list knows an address that the sender gave; null for one of the book, and for channels without a list.</summary>
    public byte[]? Hash => AddressId == 0 && Address is not null && AddressKinds.Of(Channel) is { } kind ? AddressHash.Of(kind, PersonalAddress.Canonical(kind, Address)) : null;
}

/// <summary>What the database knows about it now.</summary>
internal sealed record ClaimFacts
{
    public required PersonStanding Standing { get; init; }

    public string DisplayName { get; init; } = "";

    public string Locale { get; init; } = "en";

    /// <summary>IANA: of the device, else of the one that registered last, else of the account; null for an address outside of every account.</summary>
    public string? TimeZone { get; init; }

    public ChannelSet Off { get; init; }

    public DateTimeOffset? MutedUntil { get; init; }

    public Choice Choice { get; init; }

    /// <summary>The row as it is now; null when it is gone.</summary>
    public Address? Address { get; init; }

    /// <summary>False when the session that registered it has ended.</summary>
    public bool SessionStands { get; init; } = true;

    public bool Suppressed { get; init; }
}

/// <summary>Whether a delivery may go, and where to.</summary>
/// <param name="Drop">
/// Why it must not: <c>user_gone</c>, <c>user_disabled</c>, <c>category_gone</c>, <c>opted_out</c>, <c>muted</c>, <c>address_gone</c>, <c>address_dead</c>,
/// <c>suppressed</c>; null when it may.
/// </param>
internal sealed record ClaimAnswer(string? Drop)
{
    /// <summary>As <see cref="Channels.Envelope.Address"/> wants it; empty for the inbox and when it is dropped.</summary>
    public string Address { get; init; } = "";

    public string Scope { get; init; } = "";

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Of the device, else of the person; empty for an address outside of every account.</summary>
    public string Locale { get; init; } = "";

    /// <summary>By which times are told, as in <see cref="ClaimFacts.TimeZone"/>.</summary>
    public string? TimeZone { get; init; }

    public string DisplayName { get; init; } = "";
}

/// <summary>Looks once more, in the transaction that claims: the person may have said no since it was planned, and the address may be another's by now.</summary>
internal sealed class ClaimChecks(IPersonStore people, CategoryBook categories) : IClaimCheck
{
    IReadOnlyList<ClaimAnswer> IClaimCheck.Standing(WriteTx tx, IReadOnlyList<Delivery> claimed) =>
        Standing(tx, [.. claimed.Select(one => new ClaimQuestion(one.User, one.Category, one.Channel, one.AddressId, one.Address))]);

    /// <summary>One answer for each question, in their order.</summary>
    public IReadOnlyList<ClaimAnswer> Standing(WriteTx tx, IReadOnlyList<ClaimQuestion> questions)
    {
        if (questions.Count == 0)
        {
            return [];
        }

        var facts = people.Standing(tx, questions);
        var answers = new ClaimAnswer[questions.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Judge(questions[i], facts[i], categories.Find(questions[i].Category), tx.Now);
        }

        return answers;
    }

    /// <summary>Pure.</summary>
    internal static ClaimAnswer Judge(ClaimQuestion question, ClaimFacts facts, Category? category, DateTimeOffset now)
    {
        if (WhyNot(question, facts, category, now) is { } reason)
        {
            return new(reason);
        }

        if (question.Channel == DeliveryChannel.Inbox)
        {
            return new((string?)null) { Locale = facts.Locale, TimeZone = facts.TimeZone, DisplayName = facts.DisplayName };
        }

        if (question.AddressId == 0)
        {
            return new((string?)null) { Address = question.Address ?? "", RegisteredAt = now, TimeZone = facts.TimeZone };
        }

        var address = facts.Address!;
        return new((string?)null)
        {
            Address = address.Value,
            Scope = address.Scope,
            RegisteredAt = address.RegisteredAt,
            Locale = address.Locale ?? facts.Locale,
            TimeZone = facts.TimeZone,
            DisplayName = facts.DisplayName,
        };
    }

    private static string? WhyNot(ClaimQuestion question, ClaimFacts facts, Category? category, DateTimeOffset now)
    {
        if (category is null)
        {
            return "category_gone";
        }

        if (question.User is { } user)
        {
            if (facts.Standing != PersonStanding.Active)
            {
                return facts.Standing == PersonStanding.Disabled ? "user_disabled" : "user_gone";
            }

            if (!Matrix.Cell(category, question.Channel, facts.Off, facts.Choice).On)
            {
                return "opted_out";
            }

            if (!category.Mandatory && question.Channel != DeliveryChannel.Inbox && facts.MutedUntil > now)
            {
                return "muted";
            }

            if (question.AddressId != 0 && (facts.Address is null || facts.Address.User != user || !facts.SessionStands))
            {
                return "address_gone";
            }
        }

        return facts.Address?.DeadAt is not null ? "address_dead" : facts.Suppressed ? "suppressed" : null;
    }
}
