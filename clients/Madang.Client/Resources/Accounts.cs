namespace Madang.Client.Resources;

/// <summary>Setup, sign-in, the own profile and devices, other people.</summary>
public sealed class Accounts
{
    private readonly Http _http;

    internal Accounts(Http http) => _http = http;

    public Task<Setup> SetupAsync(CancellationToken cancellationToken = default) => _http.GetAsync("/v1/setup", ClientJson.Default.Setup, cancellationToken);

    /// <summary>Makes the first admin and signs in. Codes: setup_done, invalid_setup_token.</summary>
    public async Task<Session> CompleteSetupAsync(FirstAdmin first, CancellationToken cancellationToken = default) =>
        Use(await _http.SendAsync(HttpMethod.Post, "/v1/setup", first, ClientJson.Default.FirstAdmin, ClientJson.Default.Session, cancellationToken));

    /// <summary>Makes an account; sign in afterwards. Codes: registration_closed, invite_required, invalid_invite, name_taken.</summary>
    public Task<User> RegisterAsync(NewUser user, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/users", user, ClientJson.Default.NewUser, ClientJson.Default.User, cancellationToken);

    /// <summary>Signs in; later requests carry the session's token. Codes: invalid_credentials, rate_limited.</summary>
    public async Task<Session> SignInAsync(string name, string password, string? deviceName = null, CancellationToken cancellationToken = default) => Use(
        await _http.SendAsync(HttpMethod.Post, "/v1/sessions", new SignIn(name, password, deviceName), ClientJson.Default.SignIn, ClientJson.Default.Session, cancellationToken));

    /// <summary>Ends this session.</summary>
    public async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        await _http.SendAsync(HttpMethod.Delete, "/v1/sessions", cancellationToken);
        _http.Token = null;
    }

    public Task<User> MeAsync(CancellationToken cancellationToken = default) => _http.GetAsync("/v1/me", ClientJson.Default.User, cancellationToken);

    public Task<User> UpdateMeAsync(ProfileChange change, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, "/v1/me", change, ClientJson.Default.ProfileChange, ClientJson.Default.User, cancellationToken);

    /// <summary>Ends all other sessions. Codes: wrong_password, invalid_fields (weak_password).</summary>
    public Task ChangePasswordAsync(string current, string next, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, "/v1/me/password", new PasswordChange(current, next), ClientJson.Default.PasswordChange, cancellationToken);

    public Paged<Device> Devices() => new(_http, "/v1/me/devices", ClientJson.Default.PageDevice);

    public Task SignOutDeviceAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/me/devices/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task SignOutOtherDevicesAsync(CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, "/v1/me/devices", cancellationToken);

    public Task<User> FindAsync(string id, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"/v1/users/{Uri.EscapeDataString(id)}", ClientJson.Default.User, cancellationToken);

    /// <summary>People whose name starts with, or whose display name holds <paramref name="text"/>; everybody without.</summary>
    public Paged<User> Search(string? text = null) => new(_http, "/v1/users", ClientJson.Default.PageUser, ("q", text));

    /// <summary>A token for a person, by an admin or an admin's API key. One minute to 30 days, one hour by default.</summary>
    public Task<Session> MintTokenAsync(string userId, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, "/v1/tokens", new MintToken(userId, (long?)expiresIn?.TotalSeconds), ClientJson.Default.MintToken, ClientJson.Default.Session, cancellationToken);

    private Session Use(Session session)
    {
        _http.Token = session.Token ?? _http.Token;
        return session;
    }
}
