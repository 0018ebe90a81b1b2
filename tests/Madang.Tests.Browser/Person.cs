using Madang.Tests.Integration;
using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>Somebody at a browser, who finds things by the names that the page gives them.</summary>
internal sealed class Person(IPage page, Look look)
{
    /// <summary>Pixels.</summary>
    private const int LongestPicture = 4_000;

    public IPage Page => page;

    public Look Look => look;

    public Words Words { get; } = Words.Of(look);

    public ILocator Composer => page.GetByRole(AriaRole.Textbox, new() { Name = Words.Composer, Exact = true });

    public ILocator Log => page.GetByRole(AriaRole.Log);

    public async Task SetUpAsync(string token, string name, string password)
    {
        await page.GotoAsync($"/setup#token={token}");
        await FillEntranceAsync(name, password);
        await page.GetByRole(AriaRole.Button, new() { Name = Words.Begin, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = Words.NewChat, Exact = true }).First.WaitForAsync();
    }

    public async Task SignInAsync(string name, string password)
    {
        await page.GotoAsync("/login");
        await FillEntranceAsync(name, password);
        await page.GetByRole(AriaRole.Button, new() { Name = Words.SignIn, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = Words.NewChat, Exact = true }).First.WaitForAsync();
    }

    public async Task StartChatAsync(string displayName)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = Words.NewChat, Exact = true }).First.ClickAsync();
        await page.GetByLabel(Words.SearchPeople).FillAsync(displayName);
        await page.GetByRole(AriaRole.Dialog).GetByText(displayName).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = Words.StartChat, Exact = true }).ClickAsync();
        await Composer.WaitForAsync();
    }

    public async Task OpenChatAsync(string displayName) =>
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new(displayName) }).First.ClickAsync();

    public async Task SayAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    /// <summary>Waits until the text stands in the conversation; a picture of what stood there instead is kept when it does not come.</summary>
    public async Task SeesAsync(string text)
    {
        try
        {
            await Log.GetByText(text, new() { Exact = true }).First.WaitForAsync();
        }
        catch (TimeoutException)
        {
            await PhotographAsync("missing");
            throw;
        }
    }

    public Task<int> CountAsync(string text) => Log.GetByText(text, new() { Exact = true }).CountAsync();

    /// <summary>
    /// Types through an input method as Chromium does for Hangul: the syllables stand in a composition, the Enter that ends it is a key with code 229 that belongs to the
    /// input method, and only the next Enter is the person's own.
    /// </summary>
    public async Task ComposeAndEnterAsync(string[] steps)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await Composer.FocusAsync();
        foreach (var step in steps)
        {
            await KeyAsync(devtools, "Process", 229);
            await devtools.SendAsync("Input.imeSetComposition", new() { ["text"] = step, ["selectionStart"] = step.Length, ["selectionEnd"] = step.Length });
        }

        await KeyAsync(devtools, "Enter", 229);
        await devtools.SendAsync("Input.insertText", new() { ["text"] = steps[^1] });
        await devtools.DetachAsync();
    }

    public async Task PhotographAsync(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "screens"));
        // A page scrolls within the frame: for the picture the window grows to its whole length.
        var size = page.ViewportSize!;
        var whole = await page.EvaluateAsync<int>("Math.max(innerHeight, ...[...document.querySelectorAll('.page')].map((each) => each.scrollHeight + innerHeight - each.clientHeight))");
        await page.SetViewportSizeAsync(size.Width, Math.Min(whole, LongestPicture));
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder.FullName, $"{name}-{look}.png"), Animations = ScreenshotAnimations.Disabled });
        await page.SetViewportSizeAsync(size.Width, size.Height);
    }

    private async Task FillEntranceAsync(string name, string password)
    {
        await page.GetByLabel(Words.Name, new() { Exact = true }).FillAsync(name);
        await page.GetByLabel(Words.Password, new() { Exact = true }).FillAsync(password);
    }

    private static Task KeyAsync(ICDPSession devtools, string key, int code) =>
        devtools.SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "rawKeyDown", ["key"] = key, ["windowsVirtualKeyCode"] = code, ["code"] = key });
}
