using System.Globalization;
using System.Text;
using Madang.Accounts.Credentials;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Accounts that speak for something and that nobody signs in to: a followed feed.</summary>
public sealed class Actors
{
    private const int MaxWord = 40;

    private readonly SignUp _signUp;
    private readonly IUserStore _users;

    internal Actors(SignUp signUp, IUserStore users) => (_signUp, _users) = (signUp, users);

    /// <summary>Makes one. Its name is made of <paramref name="word"/>'s letters and digits, with a number where that is taken.</summary>
    /// <param name="displayName">Cut to what a display name may hold; the name stands in its place when it cannot be one.</param>
    public User Create(WriteTx tx, string word, string displayName)
    {
        var name = Name(word);
        for (var number = 1; ; number++)
        {
            var tried = number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            var shown = Text.Line(Cut(displayName), "display_name", Profile.MaxDisplayName);
            if (_signUp.Create(tx, new Newcomer(tried, null, new Profile(shown.IsOk ? shown.Value : null, null, null)), Role.User, null) is { } user)
            {
                return user;
            }
        }
    }

    /// <summary>It speaks no more: what it has said is out of sight, as with any account that is disabled.</summary>
    public void End(WriteTx tx, UserId id)
    {
        if (_users.Lock(tx, id).TryGetValue(id, out var user) && !user.Disabled)
        {
            _users.Update(tx, user with { Disabled = true });
            tx.Publish(new CallerChanged(id));
        }
    }

    private static string Cut(string text)
    {
        if (text.Length <= Profile.MaxDisplayName)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[Profile.MaxDisplayName - 1]) ? Profile.MaxDisplayName - 1 : Profile.MaxDisplayName)];
    }

    private static string Name(string word)
    {
        var name = new StringBuilder(MaxWord);
        foreach (var one in word.Normalize(NormalizationForm.FormC).ToLowerInvariant())
        {
            if (name.Length < MaxWord && (char.IsAsciiLetterOrDigit(one) || (one is '.' or '-' && name.Length > 0)))
            {
                name.Append(one);
            }
        }

        return name.Length == 0 ? "feed" : name.ToString();
    }
}
