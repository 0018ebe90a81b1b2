namespace Madang.Notifications;

/// <summary>What is said when there is no template: the same words for every channel, unless a channel has its own.</summary>
/// <param name="Title">One line, at most 200 characters.</param>
/// <param name="Body">At most 4,000 bytes of UTF-8.</param>
/// <param name="Url">Where a tap leads to; http or https, or a path of this server (<c>/rooms/7</c>), at most 2,048 characters.</param>
/// <param name="Email">For mail alone; what is absent is made of title and body.</param>
/// <param name="Sms">For SMS alone, at most 1,600 characters.</param>
public sealed record NotificationContent(string Title, string Body, string? Url = null, EmailWords? Email = null, string? Sms = null);

/// <param name="Subject">One line, at most 200 characters.</param>
/// <param name="Html">At most 100 KiB.</param>
/// <param name="Text">At most 100 KiB.</param>
public sealed record EmailWords(string? Subject = null, string? Html = null, string? Text = null);
