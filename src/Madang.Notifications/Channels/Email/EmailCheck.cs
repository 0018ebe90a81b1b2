using System.Security.Cryptography;

namespace Madang.Notifications.Channels.Email;

/// <summary>The self-test of mail: a session with the smarthost up to the sign-in, and what DNS says about our name.</summary>
/// <param name="texts">The TXT records of a name; empty for none, null when nobody could tell.</param>
internal sealed class EmailCheck(Func<string, CancellationToken, Task<IReadOnlyList<string>?>> texts, TimeProvider time)
{
    /// <summary>One sentence for each fault; sends nothing to anybody.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(SmtpSettings settings, CancellationToken cancellationToken)
    {
        List<string> faults = [];
        var (connection, outcome) = await SmtpConnection.OpenAsync(settings, time, cancellationToken);
        if (connection is null)
        {
            var answer = SmtpClassifier.Of(outcome);
            faults.Add($"{settings.Host}:{settings.Port} let nobody in at {outcome.Stage}: {answer.Code}. {answer.Detail}".Trim());
        }
        else
        {
            await connection.DisposeAsync();
        }

        if (settings.Dkim is { } dkim)
        {
            var name = $"{dkim.Selector}._domainkey.{dkim.Domain}";
            if (await texts(name, cancellationToken) is { } records && KeyFault(dkim, records) is { } fault)
            {
                faults.Add($"{name} {fault}");
            }
        }

        await AdviseAsync(settings, faults, cancellationToken);
        return faults;
    }

    /// <summary>What receivers would find wrong with the key's record (RFC 6376 §3.6.1); null when all is well.</summary>
    internal static string? KeyFault(DkimSigner dkim, IReadOnlyList<string> records)
    {
        if (records.Count == 0)
        {
            return $"has no TXT record: it should read v=DKIM1; k=rsa; p={dkim.PublicKey}";
        }

        foreach (var record in records)
        {
            var tags = record.Split(';').Select(tag => tag.Split('=', 2)).Where(tag => tag.Length == 2).ToLookup(tag => tag[0].Trim(), tag => string.Concat(tag[1].Where(letter => !char.IsWhiteSpace(letter))));
            if (tags["p"].FirstOrDefault() is not { } published)
            {
                continue;
            }

            return published.Length == 0 ? "says that the key was revoked (p= is empty)."
                : !IsSame(published, dkim.PublicKey) ? "publishes another key than the one that signs."
                : tags["t"].Any(flags => flags.Split(':').Contains("y")) ? "says that the domain only tests DKIM (t=y): receivers may ignore the signature."
                : null;
        }

        return "has TXT records, but none of them is a key (p=).";
    }

    private async Task AdviseAsync(SmtpSettings settings, List<string> faults, CancellationToken cancellationToken)
    {
        if (await texts(settings.Return.Domain, cancellationToken) is { } spf && !spf.Any(text => text.StartsWith("v=spf1", StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add(IProvider.Advice + $"{settings.Return.Domain} has no SPF record (v=spf1 …), which large receivers ask for.");
        }

        if (await texts("_dmarc." + settings.From.Domain, cancellationToken) is { } dmarc && !dmarc.Any(text => text.StartsWith("v=DMARC1", StringComparison.Ordinal)))
        {
            faults.Add(IProvider.Advice + $"_dmarc.{settings.From.Domain} has no DMARC record (v=DMARC1; p=…), which large receivers ask for; where a parent domain has one, that counts.");
        }
    }

    /// <summary>The record may hold the key in either of its two forms (RFC 6376 errata 5252).</summary>
    private static bool IsSame(string published, string ours)
    {
        if (published == ours)
        {
            return true;
        }

        try
        {
            using var key = RSA.Create();
            key.ImportRSAPublicKey(Convert.FromBase64String(published), out _);
            return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) == ours;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
