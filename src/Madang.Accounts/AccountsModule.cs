using System.Text.Encodings.Web;
using Madang.Accounts.Credentials;
using Madang.Accounts.Endpoints;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Accounts;

/// <summary>The door of accounts: what the host knows.</summary>
public static class AccountsModule
{
    public static IHostApplicationBuilder AddAccounts(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccountsOptions>().BindConfiguration(AccountsOptions.Section)
            .Validate(options => Profile.CheckTimeZone(options.TimeZone).IsOk, "Madang:Accounts:TimeZone is no IANA time zone.").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccountsOptions>, AccountsOptionsValidator>();
        services.AddOptions<SetupOptions>().BindConfiguration(SetupOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SetupOptions>, SetupOptionsValidator>();
        services.AddSingleton(new CommunityName(builder.Configuration["Madang:Community"] is { Length: > 0 } name ? name : "Madang"));
        AddVerbs(services);
        AddAccess(services);
        return builder;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.Late(SetupEndpoints.Map, "/v1/setup");
        routes.Late(UserEndpoints.Map, "/v1/users");
        routes.Late(SessionEndpoints.Map, "/v1/sessions");
        routes.Late(MeEndpoints.Map, "/v1/me");
        routes.Late(RelationEndpoints.Map, "/v1/friends", "/v1/follows", "/v1/mutes", "/v1/blocks");
        routes.Late(TokenEndpoints.Map, "/v1/tokens");
        routes.Late(AdminEndpoints.Map, "/v1/admin/api-keys", "/v1/admin/invites", "/v1/admin/users");
        return routes;
    }

    private static void AddVerbs(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new PasswordWork(Options(provider).PasswordRounds));
        services.AddSingleton(provider => new PasswordLane(provider.GetRequiredService<PasswordWork>(), Options(provider).PasswordQueue));
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<AccountsMeter>();
        services.AddSingleton(provider => new SessionRules(
            provider.GetRequiredService<TimeProvider>(), TimeSpan.FromDays(Options(provider).SessionDays), provider.GetRequiredService<Snowflake>(),
            provider.GetRequiredService<PasswordLane>(), provider.GetRequiredService<SignInThrottle>(), provider.GetRequiredService<AccountsMeter>()));
        services.AddSingleton<SeenSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<SeenSessions>());

        services.AddSingleton(provider => new Users(provider.GetRequiredService<IUserStore>(), provider.GetRequiredService<Database>()));
        services.AddSingleton(provider => new Sessions(
            provider.GetRequiredService<SessionRules>(), provider.GetRequiredService<IUserStore>(), provider.GetRequiredService<ICredentialStore>(),
            provider.GetRequiredService<Database>(), provider.GetRequiredService<SeenSessions>(), Events(provider)));
        services.AddSingleton(provider => new Relations(
            provider.GetRequiredService<IRelationStore>(), provider.GetRequiredService<IUserStore>(), provider.GetRequiredService<Database>(), Events(provider),
            provider.GetRequiredService<TimeProvider>(), Options(provider).MaxRelations));
        services.AddSingleton(provider => new SignUp(
            provider.GetRequiredService<IUserStore>(), provider.GetRequiredService<IInviteStore>(), provider.GetRequiredService<Database>(),
            provider.GetRequiredService<PasswordLane>(), provider.GetRequiredService<Snowflake>(), Options(provider)));
        services.AddSingleton(provider => new Setup(
            provider.GetRequiredService<ISetupStore>(), provider.GetRequiredService<SignUp>(), provider.GetRequiredService<Sessions>(),
            provider.GetRequiredService<SessionRules>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<IOptions<SetupOptions>>().Value.Token));
        services.AddSingleton(provider => new Actors(provider.GetRequiredService<SignUp>(), provider.GetRequiredService<IUserStore>()));
        services.AddSingleton<Invites>();
        services.AddSingleton<ServerTokens>();
        services.AddSingleton(provider => new Administration(
            provider.GetRequiredService<IUserStore>(), provider.GetRequiredService<ISetupStore>(), provider.GetRequiredService<Sessions>(),
            provider.GetRequiredService<SessionRules>(), provider.GetRequiredService<Database>()));
        services.AddSingleton<IRetention, ExpiredAccess>();
        services.AddSingleton<IRetention, EndedMutes>();
    }

    private static void AddAccess(IServiceCollection services)
    {
        // Not AddAuthentication(): it brings a key ring for cookies of ASP.NET's own, kept in somebody's home folder, and we have none.
        services.AddAuthenticationCore(options => options.DefaultScheme = TokenAuthentication.SchemeName);
        services.AddSingleton(UrlEncoder.Default);
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.SignedIn, policy => policy.AddRequirements(new AccessRequirement()))
            .AddPolicy(Policies.Person, policy => policy.AddRequirements(new AccessRequirement(person: true)))
            .AddPolicy(Policies.Sender, policy => policy.AddRequirements(new AccessRequirement(role: Role.Moderator, orServer: true)))
            .AddPolicy(Policies.Moderator, policy => policy.AddRequirements(new AccessRequirement(role: Role.Moderator)))
            .AddPolicy(Policies.Admin, policy => policy.AddRequirements(new AccessRequirement(role: Role.Admin)));
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
    }

    private static AccountsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AccountsOptions>>().Value;

    // Those who listen need our verbs in turn, so they are asked for when the first thing happens.
    private static Lazy<IReadOnlyList<IAccountEvents>> Events(IServiceProvider provider) => new(() => [.. provider.GetServices<IAccountEvents>()]);
}

/// <summary>How this community calls itself: <c>Madang:Community</c>.</summary>
internal sealed record CommunityName(string Value);
