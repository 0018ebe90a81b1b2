using System.Net;
using Madang.Client;
using Madang.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Jobs;

/// <summary>What operators see of the queue over HTTP, through the C# client.</summary>
public sealed class JobAdministrationTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/admin/queues")]
    [InlineData("POST", "/v1/admin/queues/mail/replay")]
    [InlineData("GET", "/v1/admin/jobs")]
    [InlineData("GET", "/v1/admin/jobs/1")]
    [InlineData("DELETE", "/v1/admin/jobs/1")]
    [InlineData("POST", "/v1/admin/jobs/1/replay")]
    public async Task The_queue_is_for_admins(string method, string path)
    {
        using var anonymous = await SendAsync(_host.Client(), method, path);
        await Problems.AssertAsync(anonymous, HttpStatusCode.Unauthorized, "unauthenticated");
        var moderator = await _host.PersonAsync("jobs.moderator" + Guid.CreateVersion7().ToString("N"), "moderator");
        using var forbidden = await SendAsync(moderator.Http, method, path);
        await Problems.AssertAsync(forbidden, HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("?state=sleeping", "state")]
    [InlineData("?state=1", "state")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?cursor=garbage", "cursor")]
    public async Task A_bad_query_is_refused_by_its_field(string query, string field)
    {
        using var answer = await SendAsync((await _host.AdminAsync()).Http, "GET", "/v1/admin/jobs" + query);
        await Problems.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid_fields", field);
    }

    [Theory]
    [InlineData("GET", "/v1/admin/jobs/1")]
    [InlineData("GET", "/v1/admin/jobs/one")]
    [InlineData("DELETE", "/v1/admin/jobs/99999999999999999999")]
    [InlineData("POST", "/v1/admin/jobs/-1/replay")]
    [InlineData("POST", "/v1/admin/queues/nowhere/replay")]
    public async Task What_is_not_there_is_not_found(string method, string path)
    {
        using var answer = await SendAsync((await _host.AdminAsync()).Http, method, path);
        await Problems.AssertAsync(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_job_is_listed_looked_at_cancelled_and_replayed()
    {
        using var madang = new MadangClient(new() { BaseAddress = _host.Address, Token = (await _host.AdminAsync()).Token });
        var jobs = _host.Services.GetRequiredService<JobQueue>();

        // No worker answers for this queue, so that its jobs wait.
        var first = (await jobs.EnqueueAsync(new NewJob("nobody", """{"누구":["마당"]}""") { UniqueKey = "k" }, Token)).Id.ToString();
        var later = (await jobs.EnqueueAsync(new NewJob("nobody", "{}") { Priority = JobPriority.Low }, Token)).Id.ToString();
        Assert.Equal([later, first], await madang.Admin.Jobs("nobody", "waiting").Select(job => job.Id).ToListAsync(Token));
        var page = await madang.Admin.Jobs("nobody").PageAsync(limit: 1, cancellationToken: Token);
        Assert.Equal((later, "low", null), (page.Items.Single().Id, page.Items.Single().Priority, page.Items.Single().Payload));
        Assert.Equal(first, (await madang.Admin.Jobs("nobody").PageAsync(page.Next, 1, Token)).Items.Single().Id);
        Assert.Equal("마당", (await madang.Admin.FindJobAsync(first, Token)).Payload?.GetProperty("누구")[0].GetString());
        Assert.Equal(2, (await madang.Admin.QueuesAsync(Token)).Single(queue => queue.Name == "nobody").Waiting);

        Assert.Equal("job_alive", (await Assert.ThrowsAsync<MadangException>(() => madang.Admin.ReplayJobAsync(first, Token))).Code);
        Assert.Equal("canceled", (await madang.Admin.CancelJobAsync(first, Token)).State);
        Assert.Equal("job_finished", (await Assert.ThrowsAsync<MadangException>(() => madang.Admin.CancelJobAsync(first, Token))).Code);
        await jobs.EnqueueAsync(new NewJob("nobody", "{}") { UniqueKey = "k" }, Token);
        Assert.Equal("job_duplicate", (await Assert.ThrowsAsync<MadangException>(() => madang.Admin.ReplayJobAsync(first, Token))).Code);
        Assert.Equal("waiting", (await madang.Admin.ReplayJobAsync((await CancelledAsync(jobs)).ToString(), Token)).State);
        Assert.Equal((0, false), await madang.Admin.ReplayQueueAsync("nobody", Token) is var replayed ? (replayed.Count, replayed.More) : default);
    }

    private static async Task<JobId> CancelledAsync(JobQueue jobs)
    {
        var id = (await jobs.EnqueueAsync(new NewJob("nobody", "{}"), Token)).Id;
        Assert.True((await jobs.CancelAsync(id, Token)).IsOk);
        return id;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await client.SendAsync(request, Token);
    }
}
