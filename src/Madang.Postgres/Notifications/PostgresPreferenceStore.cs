using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresPreferenceStore(PostgresDatabase database) : IPreferenceStore
{
    private const string OfUser =
        "SELECT p.off_channels, p.muted_until, p.quiet, p.updated_at FROM users u LEFT JOIN preference p ON p.user_id = u.id WHERE u.id = $1";

    private const string ChoicesOfUser = "SELECT category, on_channels, off_channels FROM preference_choice WHERE user_id = $1";

    // The person's row is the lock: there may be none of their preferences yet.
    public PreferenceSheet? Lock(WriteTx tx, UserId user)
    {
        using var select = PostgresTx.Of(tx).Use(OfUser + " FOR NO KEY UPDATE OF u", user.Value);
        if (select.ReadAll(row => ReadSheet(row, user)) is not [var sheet])
        {
            return null;
        }

        using var choices = PostgresTx.Of(tx).Use(ChoicesOfUser, user.Value);
        return sheet with { Choices = choices.ReadAll(ReadChoice).ToDictionary(StringComparer.Ordinal) };
    }

    public void Put(WriteTx tx, PreferenceSheet sheet)
    {
        using var batch = PostgresTx.Of(tx).Batch();
        batch.Add(
            """
            INSERT INTO preference (user_id, off_channels, muted_until, quiet, updated_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id) DO UPDATE SET off_channels = $2, muted_until = $3, quiet = $4, updated_at = $5
            """,
            sheet.User.Value, sheet.Off.Bits, sheet.MutedUntil, sheet.Quiet.Text, tx.Now);
        batch.Add("DELETE FROM preference_choice WHERE user_id = $1", sheet.User.Value);
        batch.Add(
            "INSERT INTO preference_choice (user_id, category, on_channels, off_channels) SELECT $1, * FROM unnest($2, $3, $4)",
            sheet.User.Value, sheet.Choices.Keys.ToArray(), sheet.Choices.Values.Select(choice => choice.On.Bits).ToArray(),
            sheet.Choices.Values.Select(choice => choice.Off.Bits).ToArray());
        batch.ExecuteNonQuery();
    }

    public async Task<PreferenceSheet?> FindAsync(UserId user, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(OfUser).With(user.Value);
        if (await select.ReadAllAsync(row => ReadSheet(row, user), cancellationToken) is not [var sheet])
        {
            return null;
        }

        await using var choices = database.Source.CreateCommand(ChoicesOfUser).With(user.Value);
        return sheet with { Choices = (await choices.ReadAllAsync(ReadChoice, cancellationToken)).ToDictionary(StringComparer.Ordinal) };
    }

    private static PreferenceSheet ReadSheet(NpgsqlDataReader row, UserId user) => new(user)
    {
        Off = new(row.IsDBNull(0) ? 0 : row.GetInt32(0)),
        MutedUntil = row.IsDBNull(1) ? null : row.GetDateTime(1),
        Quiet = QuietWeek.Of(row.IsDBNull(2) ? null : row.GetString(2)),
        UpdatedAt = row.IsDBNull(3) ? null : row.GetDateTime(3),
    };

    private static KeyValuePair<string, Choice> ReadChoice(NpgsqlDataReader row) =>
        new(row.GetString(0), new(new ChannelSet(row.GetInt32(1)), new ChannelSet(row.GetInt32(2))));
}
