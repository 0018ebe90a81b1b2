using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Channels.Email;

namespace Madang.Tests.Unit.Notifications.Channels.Email;

/// <summary>The signature, by the example of RFC 8463 (appendix A), whose second signature is rsa-sha256 in relaxed form.</summary>
public sealed class DkimTests
{
    private const string Body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    private static readonly HeaderField[] s_fields =
    [
        new("From", "Joe SixPack <joe@football.example.com>"),
        new("To", "Suzie Q <suzie@shopping.example.net>"),
        new("Subject", "Is dinner ready?"),
        new("Date", "Fri, 11 Jul 2003 21:00:37 -0700 (PDT)"),
        new("Message-ID", "<20030712040037.46341.5F8J@football.example.com>"),
    ];

    [Fact]
    public void The_published_example_is_signed_to_the_letter()
    {
        using var key = RSA.Create();
        key.ImportFromPem(PublishedKey);
        var unsigned = new HeaderField(
            "DKIM-Signature",
            "v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n date : message-id : from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=");
        Assert.Equal("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=", DkimSigner.BodyHash(Encoding.ASCII.GetBytes(Body)));
        Assert.Equal(
            "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=",
            DkimSigner.Signature(key, s_fields, ["from", "to", "subject", "date", "message-id", "from", "subject", "date"], unsigned));
    }

    [Theory]
    [InlineData("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")] // RFC 6376 §3.4.4: SHA-256 of nothing
    [InlineData("\r\n\r\n", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void An_empty_body_is_hashed_as_nothing(string body, string hash) => Assert.Equal(hash, DkimSigner.BodyHash(Encoding.ASCII.GetBytes(body)));

    /// <summary>RFC 6376 §3.4.5: " C \r\nD \t E\r\n\r\n\r\n" becomes " C\r\nD E\r\n".</summary>
    [Fact]
    public void The_body_is_relaxed_as_the_standard_shows() =>
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(" C\r\nD E\r\n"u8)), DkimSigner.BodyHash(" C \r\nD \t E\r\n\r\n\r\n"u8));

    [Fact]
    public void A_record_that_publishes_another_key_is_told()
    {
        using var key = RSA.Create(2_048);
        using var other = RSA.Create(2_048);
        var signer = new DkimSigner("example.org", "s1", key);
        Assert.Null(EmailCheck.KeyFault(signer, [$"v=DKIM1; k=rsa; p={signer.PublicKey}"]));
        Assert.Null(EmailCheck.KeyFault(signer, [$"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportRSAPublicKey())}"]));
        Assert.Contains("another key", EmailCheck.KeyFault(signer, [$"v=DKIM1; p={Convert.ToBase64String(other.ExportSubjectPublicKeyInfo())}"]));
        Assert.Contains("revoked", EmailCheck.KeyFault(signer, ["v=DKIM1; p="]));
        Assert.Contains("t=y", EmailCheck.KeyFault(signer, [$"v=DKIM1; t=y:s; p={signer.PublicKey}"]));
        Assert.Contains("no TXT record", EmailCheck.KeyFault(signer, []));
        Assert.Contains("none of them", EmailCheck.KeyFault(signer, ["hello"]));
        Assert.Contains("another key", EmailCheck.KeyFault(signer, ["p=!!!"]));
    }

    /// <summary>RFC 8463, A.2: a key that everybody knows.</summary>
    private const string PublishedKey = """
        -----BEGIN RSA PRIVATE KEY-----
        MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
        Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
        KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
        AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
        6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
        zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
        6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
        uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
        WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
        WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
        licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
        o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
        uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
        -----END RSA PRIVATE KEY-----
        """;
}
