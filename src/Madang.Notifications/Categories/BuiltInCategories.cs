using Madang.Notifications.Delivering;

namespace Madang.Notifications.Categories;

/// <summary>What every Madang knows without being told. A stored category of the same name stands before it; deleting that one brings this one back.</summary>
internal static class BuiltInCategories
{
    public const string Message = "message";
    public const string Mention = "mention";
    public const string Social = "social";
    public const string Security = "security";
    public const string Verification = "verification";
    public const string Announcement = "announcement";
    public const string Digest = "digest";

    private const DeliveryChannel Inbox = DeliveryChannel.Inbox;
    private const DeliveryChannel Push = DeliveryChannel.Push;
    private const DeliveryChannel Email = DeliveryChannel.Email;
    private const DeliveryChannel Sms = DeliveryChannel.Sms;

    public static IReadOnlyList<Category> All { get; } =
    [
        new()
        {
            Name = Message, Titles = Titles("Messages", "메시지"), Channels = [Push], Priority = DeliveryPriority.High, Quiet = QuietPolicy.Defer,
            Ambiguous = AmbiguousPolicy.Resend, TimeToLive = TimeSpan.FromDays(1),
        },
        new()
        {
            Name = Mention, Titles = Titles("Mentions", "멘션"), Channels = [Inbox, Push], Priority = DeliveryPriority.High, Quiet = QuietPolicy.Defer,
            TimeToLive = TimeSpan.FromDays(3),
        },
        new() { Name = Social, Titles = Titles("Friends and reactions", "친구와 반응"), Channels = [Inbox, Push], Quiet = QuietPolicy.Digest, PerHour = 20, PerDay = 100 },
        new()
        {
            Name = Security, Titles = Titles("Security", "보안"), Mandatory = true, Channels = [Inbox, Push, Email], Priority = DeliveryPriority.High,
            Quiet = QuietPolicy.Ignore, Ambiguous = AmbiguousPolicy.Resend, TimeToLive = TimeSpan.FromDays(7),
        },
        new()
        {
            Name = Verification, Titles = Titles("Verification codes", "인증 코드"), Mandatory = true, Channels = [Email, Sms], Priority = DeliveryPriority.High,
            Quiet = QuietPolicy.Ignore, Ambiguous = AmbiguousPolicy.Resend, TimeToLive = TimeSpan.FromMinutes(10),
        },
        new()
        {
            Name = Announcement, Titles = Titles("Announcements", "공지"), Channels = [Inbox, Push, Email], Priority = DeliveryPriority.Low, Quiet = QuietPolicy.Defer,
            PerDay = 5, TimeToLive = TimeSpan.FromDays(7),
        },
        new()
        {
            Name = Digest, Titles = Titles("Summaries", "모아 보기"), Channels = [Inbox, Email], Priority = DeliveryPriority.Low, Quiet = QuietPolicy.Digest,
            DigestWindow = TimeSpan.FromHours(24), TimeToLive = TimeSpan.FromDays(7),
        },
    ];

    public static Category? Find(string name)
    {
        foreach (var category in All)
        {
            if (category.Name == name)
            {
                return category;
            }
        }

        return null;
    }

    private static Dictionary<string, string> Titles(string en, string ko) => new(StringComparer.Ordinal) { ["en"] = en, ["ko"] = ko };
}
