using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Email;
using Madang.Notifications.Delivering;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Unit.Notifications.Channels.Email;

/// <summary>Mails and providers that are right in every way but the one that a test is about.</summary>
internal static class Mails
{
    private static long s_next = 2_000_000_000_000_000;

    public static readonly ReturnSeal Seal = new([1, 2, 3]);

    public static Envelope To(string address, string subject = "새 글이 올라왔어요", string text = "안녕하세요.\n.점으로 시작하는 줄\n", string? html = "<p>안녕하세요 <b>민아</b> 님</p>", string? unsubscribe = "https://madang.example.org/t/u/abc") => new()
    {
        Delivery = new DeliveryId(Interlocked.Increment(ref s_next)),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "post.new",
        Address = address,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Content = new EmailContent(subject, text, html, unsubscribe),
        CollapseKey = "post-1",
        ExpiresAt = DateTimeOffset.MaxValue,
        Priority = DeliveryPriority.Normal,
        Locale = "ko",
    };

    public static SmtpKind Kind(TimeProvider time, IReadOnlyList<string>? texts = null) =>
        new(Seal, new EmailCheck((_, _) => Task.FromResult(texts), time), time, NullLogger<SmtpProvider>.Instance);

    public static SmtpProvider Provider(TimeProvider time, IReadOnlyDictionary<string, string> settings, params (string Key, string? Value)[] more) =>
        (SmtpProvider)Pushes.Made(Kind(time).Create("mail", Pushes.Section(settings, more)));
}
