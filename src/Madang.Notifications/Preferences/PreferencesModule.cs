using Madang.Api;
using Madang.Jobs;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Notifications.Preferences;

/// <summary>What people want, where they can be reached, and what follows from both.</summary>
internal static class PreferencesModule
{
    public static IServiceCollection AddPreferences(this IServiceCollection services)
    {
        services.AddSingleton<CategoryBook>();
        services.AddHostedService(provider => provider.GetRequiredService<CategoryBook>());
        services.AddSingleton<PlanReader>();
        services.AddSingleton<LimitCounters>();
        services.AddSingleton<ClaimChecks>();
        services.AddSingleton<IClaimCheck>(provider => provider.GetRequiredService<ClaimChecks>());
        services.AddSingleton<AddressBook>();
        services.AddSingleton<IAddressBook>(provider => provider.GetRequiredService<AddressBook>());
        services.AddSingleton<DigestBook>();
        services.AddSingleton<IRetention, DigestRetention>();
        services.AddSingleton<PreferenceVerbs>();
        services.AddSingleton<Verification>();
        services.AddSingleton<IRetention, VerificationRetention>();
        services.AddSingleton<DigestTurns>();
        services.AddHostedService<DigestClosing>();
        return services;
    }

    public static void MapPreferences(this IEndpointRouteBuilder routes)
    {
        routes.Late(CategoryEndpoints.Map, "/v1/admin/categories");
        routes.Late(PreferenceEndpoints.Map, "/v1/me/preferences", "/v1/admin/users");
        routes.Late(AddressEndpoints.Map, "/v1/me/devices", "/v1/me/addresses", "/v1/admin/users");
        routes.Late(SuppressionEndpoints.Map, "/v1/admin/suppressions");
    }
}
