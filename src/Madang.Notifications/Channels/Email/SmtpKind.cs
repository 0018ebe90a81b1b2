using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Channels.Email;

/// <summary>Makes providers of kind <c>smtp</c>.</summary>
internal sealed class SmtpKind(ReturnSeal seal, EmailCheck check, TimeProvider time, ILogger<SmtpProvider> log) : IProviderKind
{
    public const string Word = "smtp";

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Email;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return SmtpSettings.Read(reading) is { } settings ? (new SmtpProvider(settings, seal, check, time, log), []) : (null, reading.Faults);
    }
}
