using Madang.Notifications.Audiences;
using Madang.Notifications.Categories;

namespace Madang.Notifications.Planning;

/// <summary>A category of any name, with its inbox alone.</summary>
internal static class Basics
{
    public static Category? Find(string name) => AudienceName.IsValid(name)
        ? new() { Name = name, Titles = new Dictionary<string, string>(), Channels = [DeliveryChannel.Inbox] }
        : null;
}
