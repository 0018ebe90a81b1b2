using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Madang.Tests.Integration.Edge;

/// <summary>Everything that a body, a path or a header can have wrong with it before an endpoint sees it.</summary>
public sealed class BadInputTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Theory]
    [InlineData("{", "an end that is missing")]
    [InlineData("{\"name\":}", "a value that is missing")]
    [InlineData("{\"name\":\"a\"} trailing", "text after the end")]
    [InlineData("{'name':'a'}", "quotes of another language")]
    [InlineData("{\"name\":\"a\",}", "a comma too much")]
    [InlineData("{\"name\":NaN}", "a number that JSON does not have")]
    [InlineData("", "nothing at all")]
    public async Task Broken_json_is_400(string body, string what)
    {
        Assert.NotEmpty(what);
        await Problems.AssertAsync(await PostAsync(body), HttpStatusCode.BadRequest, "malformed_json");
    }

    [Fact]
    public async Task Depth_beyond_32_is_400()
    {
        var deep = "{\"unknown\":" + new string('[', 40) + new string(']', 40) + "}";
        await Problems.AssertAsync(await PostAsync(deep), HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("{\"name\":\"\\ud83d\",\"password\":\"12345678\"}")]
    [InlineData("{\"name\":\"\\ude00x\",\"password\":\"12345678\"}")]
    [InlineData("{\"\\ud83d\":1,\"name\":\"a\"}")]
    public async Task Half_of_a_surrogate_pair_is_refused_and_breaks_nothing(string body)
    {
        var answer = await PostAsync(body);
        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{(int)answer.StatusCode}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_400()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, 0xFF, .. "\",\"password\":\"12345678\"}"u8]);
        content.Headers.ContentType = new("application/json");
        var answer = await _host.Client().PostAsync("/v1/sessions", content, TestContext.Current.CancellationToken);
        await Problems.AssertAsync(answer, HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("{\"name\":7,\"password\":\"12345678\"}", "name")]
    [InlineData("{\"name\":{\"a\":1},\"password\":\"12345678\"}", "name")]
    [InlineData("{\"name\":\"a\",\"password\":\"12345678\",\"cookie\":\"yes\"}", "cookie")]
    public async Task A_value_of_the_wrong_kind_is_422_and_named(string body, string field) =>
        await Problems.AssertAsync(await PostAsync(body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task Json_that_is_no_object_is_refused(string body)
    {
        var answer = await PostAsync(body);
        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{(int)answer.StatusCode}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("99999999999999999999999999")]
    [InlineData("1e400")]
    [InlineData("1.5")]
    [InlineData("\"60\"")]
    public async Task A_number_that_does_not_fit_is_422(string number)
    {
        var admin = await _host.AdminAsync();
        var answer = await admin.Http.PostAsync(
            "/v1/tokens", Json($"{{\"user_id\":\"{admin.Id}\",\"expires_in_s\":{number}}}"), TestContext.Current.CancellationToken);
        await Problems.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid_fields", "expires_in_s");
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_and_the_last_of_two_equal_ones_counts()
    {
        var answer = await PostAsync("{\"name\":7,\"name\":\"nobody\",\"password\":\"12345678\",\"x\":{\"y\":[1]}}");
        // The first is of the wrong kind and refused, though the second would do: which of the two was meant is anybody's guess.
        await Problems.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid_fields", "name");
        await Problems.AssertAsync(
            await PostAsync("{\"name\":\"a\",\"name\":\"nobody\",\"password\":\"12345678\",\"x\":1}"), HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413()
    {
        var large = "{\"name\":\"" + new string('a', 300 * 1024) + "\"}";
        await Problems.AssertAsync(await PostAsync(large), HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_without_a_length_is_413()
    {
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("{\"name\":\"" + new string('a', 300 * 1024) + "\"}")));
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        await Problems.AssertAsync(await _host.Client().SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    public async Task Another_media_type_is_415(string type)
    {
        using var content = new StringContent("{\"name\":\"a\"}", Encoding.UTF8, type);
        var answer = await _host.Client().PostAsync("/v1/sessions", content, TestContext.Current.CancellationToken);
        await Problems.AssertAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("/v1/users/abc")]
    [InlineData("/v1/users/0")]
    [InlineData("/v1/users/99999999999999999999999")]
    [InlineData("/v1/users/-1")]
    public async Task An_id_that_is_none_names_nothing(string path) =>
        await Problems.AssertAsync(await (await _host.AdminAsync()).Http.GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("cursor=garbage", "cursor")]
    [InlineData("cursor=%FF%FE", "cursor")]
    public async Task A_bad_page_is_422(string query, string field) =>
        await Problems.AssertAsync(
            await (await _host.AdminAsync()).Http.GetAsync("/v1/users?" + query, TestContext.Current.CancellationToken), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Fact]
    public async Task Nobody_gets_in_with_a_token_that_is_none()
    {
        foreach (var token in new[] { "x", "mds_", "mds_" + new string('A', 43), new string('z', 4000), "mdk_%00" })
        {
            await Problems.AssertAsync(await _host.Client(token).GetAsync("/v1/me", TestContext.Current.CancellationToken), HttpStatusCode.Unauthorized, "unauthenticated");
        }
    }

    [Theory]
    [InlineData("GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 505")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n", "HTTP/1.1 400")]
    public async Task Broken_http_is_refused_and_the_server_lives_on(string request, string status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_host.Address.Host, _host.Address.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith(status, await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.True((await _host.Client().GetAsync("/health/live", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string body) => _host.Client().PostAsync("/v1/sessions", Json(body), TestContext.Current.CancellationToken);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
