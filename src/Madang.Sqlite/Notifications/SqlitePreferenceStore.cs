using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqlitePreferenceStore(SqliteDatabase database) : IPreferenceStore
{
    private const string OfUser =
        "SELECT p.off_channels, p.muted_until, p.quiet, p.updated_at FROM users u LEFT JOIN preference p ON p.user_id = u.id WHERE u.id = ?1";

    private const string ChoicesOfUser = "SELECT category, on_channels, off_channels FROM preference_choice WHERE user_id = ?1";

    public PreferenceSheet? Lock(WriteTx tx, UserId user)
    {
        using var sheet = SqliteTx.Of(tx).Use(OfUser);
        using var choices = SqliteTx.Of(tx).Use(ChoicesOfUser);
        return Read(user, sheet, choices);
    }

    public void Put(WriteTx tx, PreferenceSheet sheet)
    {
        using (var insert = SqliteTx.Of(tx).Use("INSERT OR REPLACE INTO preference (user_id, off_channels, muted_until, quiet, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)"))
        {
            insert.Bind(1, sheet.User.Value).Bind(2, sheet.Off.Bits).Bind(3, sheet.MutedUntil).Bind(4, sheet.Quiet.Text).Bind(5, tx.Now).Run();
        }

        using (var delete = SqliteTx.Of(tx).Use("DELETE FROM preference_choice WHERE user_id = ?1"))
        {
            delete.Bind(1, sheet.User.Value).Run();
        }

        using var choose = SqliteTx.Of(tx).Use("INSERT INTO preference_choice (user_id, category, on_channels, off_channels) VALUES (?1, ?2, ?3, ?4)");
        foreach (var (category, choice) in sheet.Choices)
        {
            choose.Bind(1, sheet.User.Value).Bind(2, category).Bind(3, choice.On.Bits).Bind(4, choice.Off.Bits).Again();
        }
    }

    public Task<PreferenceSheet?> FindAsync(UserId user, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var sheet = connection.Use(OfUser);
            using var choices = connection.Use(ChoicesOfUser);
            return Read(user, sheet, choices);
        },
        cancellationToken);

    private static PreferenceSheet? Read(UserId user, Statement sheet, Statement choices)
    {
        if (!sheet.Bind(1, user.Value).Step())
        {
            return null;
        }

        var chosen = new Dictionary<string, Choice>(StringComparer.Ordinal);
        choices.Bind(1, user.Value);
        while (choices.Step())
        {
            chosen[choices.Text(0)] = new(new ChannelSet(choices.Int32(1)), new ChannelSet(choices.Int32(2)));
        }

        return new PreferenceSheet(user)
        {
            Off = new((int)(sheet.Int64OrNull(0) ?? 0)),
            MutedUntil = sheet.TimeOrNull(1),
            Quiet = QuietWeek.Of(sheet.TextOrNull(2)),
            UpdatedAt = sheet.TimeOrNull(3),
            Choices = chosen,
        };
    }
}
