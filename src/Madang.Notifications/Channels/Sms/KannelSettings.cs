namespace Madang.Notifications.Channels.Sms;

/// <summary>Settings of a provider of kind <c>kannel</c>: the sendsms interface of a Kannel smsbox.</summary>
internal sealed record KannelSettings
{
    public required string Name { get; init; }

    /// <summary><c>Endpoint</c>: <c>http://127.0.0.1:13013</c>; <c>/cgi-bin/sendsms</c> is put behind it.</summary>
    public required Uri Endpoint { get; init; }

    public required string Username { get; init; }

    public required string Password { get; init; }

    /// <summary><c>From</c>: the sender; the smsbox's own unless set.</summary>
    public string? From { get; init; }

    /// <summary><c>Smsc</c>: the id of the connection to use; the gateway's choice unless set.</summary>
    public string? Smsc { get; init; }

    /// <summary><c>TimeoutSeconds</c>: 5 to 120, 15 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    public required CallbackUrl Callback { get; init; }

    /// <summary>Null when the section has faults.</summary>
    public static KannelSettings? Read(ProviderSection section, ReturnSeal seal, string publicUrl)
    {
        var endpoint = section.Url("Endpoint", "http://127.0.0.1:13013");
        var username = section.Required("Username", "the user of a sendsms-user group");
        var password = section.Secret("Password");
        if (password is null && section.Text("PasswordFile") is null)
        {
            section.Fault("Password", "is missing: that of the sendsms-user group.");
        }

        var timeout = section.Number("TimeoutSeconds", 15, 5, 120);
        var root = CallbackUrl.Root(section, publicUrl);
        return section.Faults.Count > 0 || password is null ? null : new KannelSettings
        {
            Name = section.Name,
            Endpoint = endpoint,
            Username = username,
            Password = password,
            From = section.Text("From"),
            Smsc = section.Text("Smsc"),
            Timeout = TimeSpan.FromSeconds(timeout),
            Callback = new CallbackUrl(root, section.Name, seal),
        };
    }
}
