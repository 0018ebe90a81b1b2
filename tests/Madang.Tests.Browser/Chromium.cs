using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>Debian's Chromium, one process for all tests of the run; each person gets a context, that is a browser profile, of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            // As root there is no sandbox; the rest keeps it from calling home, which a closed network only delays.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>A profile: its own cookies, language, colours and size.</summary>
    internal async Task<IPage> OpenAsync(string address, Look look)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address,
            Locale = look.Locale,
            TimezoneId = "Asia/Seoul",
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = look.Width, Height = look.Width < 600 ? 844 : 800 },
            HasTouch = look.Width < 600,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>How a person looks at the page.</summary>
internal sealed record Look(string Locale, int Width = 1280, bool Dark = false)
{
    public static readonly Look English = new("en-GB");
    public static readonly Look Korean = new("ko-KR");

    public override string ToString() => $"{Locale[..2]}-{Width}-{(Dark ? "dark" : "light")}";
}
