using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks;

/// <summary>Section <c>Madang:Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    public const string Section = "Madang:Webhooks";

    /// <summary>Endpoints there may be.</summary>
    [Range(1, 1_000)]
    public int MaxEndpoints { get; set; } = 100;

    /// <summary>How long an endpoint may take to answer, in seconds.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>How often a delivery is tried, from half a minute to six hours apart; with 15 for about a day.</summary>
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 15;

    /// <summary>Requests at once to one endpoint, from one node.</summary>
    [Range(1, 32)]
    public int PlacesPerEndpoint { get; set; } = 4;

    /// <summary>An endpoint that takes nothing for so many days is switched off.</summary>
    [Range(1, 365)]
    public int DisableAfterDays { get; set; } = 5;

    /// <summary>How long deliveries and their attempts are kept, in days.</summary>
    [Range(1, 365)]
    public int KeepDays { get; set; } = 30;
}

[OptionsValidator]
internal sealed partial class WebhooksOptionsValidator : IValidateOptions<WebhooksOptions>;
