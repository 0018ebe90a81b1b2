using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Email;
using Madang.Sandbox;
using Madang.Sandbox.Smtp;

namespace Madang.Tests.Unit.Notifications.Channels.Email;

/// <summary>The client against the stand-in: what is sent, over which connection, and what every reply at every step means.</summary>
public sealed class SmtpTests : IAsyncLifetime
{
    private const string Address = "mina@example.org";
    private readonly FakeTime _time = new();
    private SmtpStandIn _standIn = null!;
    private SmtpProvider _provider = null!;

    [Fact]
    public async Task A_mail_arrives_as_it_was_written()
    {
        var envelope = Mails.To(Address);
        var answer = await _provider.SendAsync(envelope, Token);
        Assert.Equal(AnswerClass.Ok, answer.Class);
        var got = Assert.Single(_standIn.Received.Last());
        Assert.Equal(Address, got.Device);
        Assert.Equal("새 글이 올라왔어요", got.Facts!["subject"]);
        Assert.Equal("안녕하세요.\r\n.점으로 시작하는 줄\r\n", got.Facts["text"]);
        Assert.Contains("<b>민아</b>", got.Facts["html"]);
        Assert.Equal($"<{answer.MessageId}>", got.Id);
        Assert.Contains("List-Unsubscribe: <https://madang.example.org/t/u/abc>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", got.Text);
        Assert.Contains("Auto-Submitted: auto-generated\r\n", got.Text);
        var token = Mails.Seal.Seal(ReturnSeal.Mail, envelope.Delivery, 0);
        Assert.Equal($"bounces+{token}@sandbox.example", got.Facts["mail_from"]);
        Assert.Equal(token, got.Facts["envid"]);
    }

    [Fact]
    public async Task The_message_id_is_the_same_in_every_attempt()
    {
        var envelope = Mails.To(Address);
        await _provider.SendAsync(envelope, Token);
        await _provider.SendAsync(envelope with { Attempt = 2 }, Token);
        Assert.Equal(1, _standIn.Received.Counts.Messages);
        Assert.Equal(1, _standIn.Received.Counts.TransportDoubles);
    }

    [Fact]
    public async Task A_connection_carries_many_messages_up_to_its_number()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(Mails.To(Address), Token)).Class);
        }

        // Two messages a connection.
        Assert.Equal(3, _standIn.Connections);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_in_time_and_one_that_the_server_closed_is_replaced()
    {
        await _provider.SendAsync(Mails.To(Address), Token);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal(2, _standIn.Connections);
        // It says goodbye when the next message begins: nobody has that message yet.
        _standIn.Faults.Set(new FaultRule { Stage = "rset", Status = 421, Reason = "4.4.2 Idle for too long", Next = 1 });
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal(3, _standIn.Connections);
    }

    /// <summary>Stage, reply, class, scope: the rows of the contract's §4, each through a whole dialogue.</summary>
    [Theory]
    [InlineData("dot", 250, "2.0.0 Ok", AnswerClassName.Ok, "Delivery")]
    [InlineData("banner", 421, "4.3.2 Not now", AnswerClassName.Retry, "Provider")]
    [InlineData("banner", 554, "5.7.1 No service for you", AnswerClassName.Config, "Provider")]
    [InlineData("ehlo", 450, "4.7.0 Not now", AnswerClassName.Retry, "Provider")]
    [InlineData("mail", 451, "4.3.0 Trouble here", AnswerClassName.Retry, "Provider")]
    [InlineData("mail", 452, "4.3.1 Disk full", AnswerClassName.Retry, "Provider")]
    [InlineData("rcpt", 450, "4.2.0 Greylisted", AnswerClassName.Retry, "Delivery")]
    [InlineData("rcpt", 451, "4.7.1 Greylisted, try again in 5 minutes", AnswerClassName.Retry, "Delivery")]
    [InlineData("rcpt", 452, "4.2.2 Over quota", AnswerClassName.Retry, "Delivery")]
    [InlineData("rcpt", 421, "4.7.0 Too many", AnswerClassName.Retry, "Domain")]
    [InlineData("dot", 421, "4.7.28 Unusual rate of mail", AnswerClassName.Retry, "Domain")]
    [InlineData("dot", 450, "4.7.28 Unusual rate of mail", AnswerClassName.Retry, "Domain")]
    [InlineData("data", 451, "4.5.0 Later", AnswerClassName.Retry, "Delivery")]
    [InlineData("rcpt", 550, "5.1.1 No such user", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 550, "5.1.10 Does not exist", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 550, "5.1.2 No such domain", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 501, "5.1.3 Bad address", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 551, "User not local", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 553, "Mailbox name not allowed", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 556, "5.1.10 Null MX", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 550, "Requested action not taken: mailbox unavailable", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData("rcpt", 550, "Blocked", AnswerClassName.Reject, "Delivery")]
    [InlineData("rcpt", 552, "5.2.2 Mailbox full", AnswerClassName.Retry, "Address")]
    [InlineData("rcpt", 552, "Mailbox full", AnswerClassName.Retry, "Address")]
    [InlineData("dot", 552, "5.2.2 Mailbox full", AnswerClassName.Retry, "Address")]
    [InlineData("mail", 552, "5.3.4 Too large", AnswerClassName.Reject, "Delivery")]
    [InlineData("dot", 552, "Too large", AnswerClassName.Reject, "Delivery")]
    [InlineData("dot", 554, "5.6.0 Cannot read this", AnswerClassName.Reject, "Delivery")]
    [InlineData("dot", 554, "Content refused", AnswerClassName.Reject, "Delivery")]
    [InlineData("rcpt", 554, "5.7.1 Relay access denied", AnswerClassName.Config, "Provider")]
    [InlineData("mail", 530, "5.7.0 Sign in first", AnswerClassName.Config, "Provider")]
    [InlineData("mail", 534, "5.7.9 Stronger sign-in wanted", AnswerClassName.Config, "Provider")]
    [InlineData("rcpt", 535, "5.7.8 Sign in again", AnswerClassName.Config, "Provider")]
    [InlineData("mail", 553, "5.7.1 Sender refused: not owned by user", AnswerClassName.Reject, "Delivery")]
    [InlineData("mail", 550, "Sender verify failed", AnswerClassName.Config, "Provider")]
    [InlineData("dot", 550, "5.7.1 Looks like spam", AnswerClassName.Reject, "Delivery")]
    [InlineData("rcpt", 550, "5.7.26 Unauthenticated mail", AnswerClassName.Reject, "Delivery")]
    public async Task A_mail_ends_as_the_contract_says(string stage, int status, string reason, AnswerClassName means, string scope)
    {
        _standIn.Faults.Set(new FaultRule { Stage = stage, Status = status, Reason = reason });
        var answer = await _provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass)means, answer.Class);
        Assert.Equal(scope, answer.Scope.ToString());
        Assert.StartsWith($"{status}", answer.Code, StringComparison.Ordinal);
        // One that was refused leaves the connection good for the next.
        _standIn.Faults.Set();
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(Mails.To(Address), Token)).Class);
    }

    [Theory]
    [InlineData(FaultEffect.Cut, "banner", AnswerClassName.Retry)]
    [InlineData(FaultEffect.Cut, "mail", AnswerClassName.Retry)]
    [InlineData(FaultEffect.Cut, "data", AnswerClassName.Retry)]
    [InlineData(FaultEffect.Cut, "dot", AnswerClassName.Ambiguous)]
    public async Task Only_after_the_last_dot_nobody_knows(FaultEffect effect, string stage, AnswerClassName means)
    {
        _standIn.Faults.Set(new FaultRule { Stage = stage, Effect = effect });
        Assert.Equal((AnswerClass)means, (await _provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal(stage == "dot" ? 1 : 0, _standIn.Received.Counts.Taken);
    }

    [Theory]
    [InlineData("banner", 300, AnswerClassName.Retry)]
    [InlineData("data", 120, AnswerClassName.Retry)]
    [InlineData("dot", 600, AnswerClassName.Ambiguous)]
    public async Task A_silent_server_is_left_after_the_time_that_the_standard_gives(string stage, int seconds, AnswerClassName means)
    {
        _standIn.Faults.Set(new FaultRule { Stage = stage, Effect = FaultEffect.Silent });
        var sending = _provider.SendAsync(Mails.To(Address), Token);
        await SilenceAsync();
        while (!_time.Awaits(TimeSpan.FromSeconds(seconds)))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var began = _time.GetUtcNow();
        while (!sending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal((AnswerClass)means, (await sending).Class);
        Assert.True(_time.GetUtcNow() - began >= TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Whoever_stops_before_the_dot_has_sent_nothing()
    {
        _standIn.Faults.Set(new FaultRule { Stage = "data", Effect = FaultEffect.Silent });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var sending = _provider.SendAsync(Mails.To(Address), stop.Token);
        await SilenceAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(0, _standIn.Received.Counts.Taken);
    }

    [Theory]
    [InlineData("mina@example.org\r\nBcc: x@example.org")]
    [InlineData("mina@example.org> SIZE=1 <x@example.org")]
    [InlineData("mi na@example.org")]
    [InlineData("mina@")]
    [InlineData("@example.org")]
    [InlineData("mina@exa mple.org")]
    public async Task An_address_that_is_none_never_reaches_the_server(string address)
    {
        Assert.Equal(AnswerClass.DeadAddress, (await _provider.SendAsync(Mails.To(address), Token)).Class);
        Assert.Equal(0, _standIn.Connections);
    }

    [Theory]
    [InlineData("Hello\nBcc: everybody@example.org", "Subject: Hello Bcc: everybody@example.org")]
    [InlineData("Hello\r\nBcc: all@x.example\r\n\r\nBody", "Subject: =?UTF-8?B?SGVsbG8gIEJjYzogYWxsQHguZXhhbXBsZSAgICBCb2R5?=")]
    public async Task A_subject_cannot_add_a_header(string subject, string line)
    {
        await _provider.SendAsync(Mails.To(Address, subject: subject), Token);
        var mail = Assert.Single(_standIn.Received.Last());
        Assert.Contains($"\r\n{line}\r\n", mail.Text);
        Assert.DoesNotContain("\nBcc:", mail.Text);
    }

    [Fact]
    public async Task An_unsubscribe_address_cannot_add_a_header()
    {
        Assert.Equal("bad_unsubscribe_url", (await _provider.SendAsync(Mails.To(Address, unsubscribe: "https://x.example/>\r\nBcc: a@b"), Token)).Code);
        Assert.Equal("bad_unsubscribe_url", (await _provider.SendAsync(Mails.To(Address, unsubscribe: "http://x.example/"), Token)).Code);
    }

    [Fact]
    public async Task A_local_part_beyond_ASCII_needs_a_server_that_takes_it()
    {
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(Mails.To("민아@예시.한국"), Token)).Class);
        Assert.Equal("민아@xn--vv4b11d.xn--3e0b707e", Assert.Single(_standIn.Received.Last()).Device);
        await using var plain = new SmtpStandIn(_time) { Without = ["SMTPUTF8"] };
        await plain.StartAsync(0, Token);
        await using var provider = Mails.Provider(_time, plain.Settings);
        Assert.Equal(AnswerClass.Reject, (await provider.SendAsync(Mails.To("민아@예시.한국"), Token)).Class);
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(Mails.To("mina@예시.한국"), Token)).Class);
    }

    [Fact]
    public async Task A_server_without_pipelining_is_told_one_thing_at_a_time()
    {
        await using var slow = new SmtpStandIn(_time) { Without = ["PIPELINING", "DSN", "SIZE"] };
        await slow.StartAsync(0, Token);
        await using var provider = Mails.Provider(_time, slow.Settings);
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(Mails.To(Address), Token)).Class);
        slow.Faults.Set(new FaultRule { Stage = "rcpt", Status = 550, Reason = "5.1.1 No", Next = 1 });
        Assert.Equal(AnswerClass.DeadAddress, (await provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal(1, slow.Connections);
    }

    [Fact]
    public async Task A_message_larger_than_the_server_takes_is_not_sent()
    {
        await using var small = new SmtpStandIn(_time) { MaxSize = 2_000 };
        await small.StartAsync(0, Token);
        await using var provider = Mails.Provider(_time, small.Settings);
        var answer = await provider.SendAsync(Mails.To(Address, text: new string('x', 4_000)), Token);
        Assert.Equal((AnswerClass.Reject, "552 5.3.4"), (answer.Class, answer.Code));
    }

    [Theory]
    [InlineData("this is no SMTP\r\n")]
    [InlineData("99\r\n")]
    [InlineData("220_\r\n")]
    public async Task A_banner_that_is_no_reply_is_the_servers_fault(string banner)
    {
        _standIn.Faults.Set(new FaultRule { Stage = "banner", Status = 220, Body = banner });
        var answer = await _provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass.Retry, AnswerScope.Provider, "protocol_error"), (answer.Class, answer.Scope, answer.Code));
    }

    [Fact]
    public async Task A_reply_without_end_is_cut_off()
    {
        _standIn.Faults.Set(new FaultRule { Stage = "ehlo", Status = 250, Body = string.Concat(Enumerable.Repeat("250-more\r\n", 200)) });
        Assert.Equal("protocol_error", (await _provider.SendAsync(Mails.To(Address), Token)).Code);
        _standIn.Faults.Set(new FaultRule { Stage = "ehlo", Status = 250, Body = "250 " + new string('x', 5_000) });
        Assert.Equal("protocol_error", (await _provider.SendAsync(Mails.To(Address), Token)).Code);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again()
    {
        await using var provider = Mails.Provider(_time, _standIn.Settings, ("Port", "1"));
        var answer = await provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass.Retry, AnswerScope.Provider, "connect_failed"), (answer.Class, answer.Scope, answer.Code));
    }

    public async ValueTask InitializeAsync()
    {
        _standIn = new SmtpStandIn(_time);
        await _standIn.StartAsync(0, Token);
        _provider = Mails.Provider(_time, _standIn.Settings, ("ReturnAddress", "bounces@sandbox.example"), ("MessagesPerConnection", "2"));
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    /// <summary>Until the stand-in has met its fault and says nothing.</summary>
    private async Task SilenceAsync()
    {
        while (_standIn.Faults.Injected == 0)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
