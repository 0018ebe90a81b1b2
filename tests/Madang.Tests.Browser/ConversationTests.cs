namespace Madang.Tests.Browser;

/// <summary>Two people in two browsers on a fresh server: the main job of the product, done as they would do it.</summary>
public sealed class ConversationTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";

    [Fact]
    public async Task Two_people_converse_in_korean_and_english()
    {
        await using var server = await Server.StartAsync();
        var (mina, joon) = await MeetAsync(server, Look.English, Look.Korean);

        await mina.SayAsync("Hello from the courtyard!");
        await joon.OpenChatAsync("mina");
        await joon.SeesAsync("Hello from the courtyard!");

        await joon.SayAsync("마당에서 인사드려요");
        await mina.SeesAsync("마당에서 인사드려요");

        await mina.SayAsync("한글도 되네요 👋🏽");
        await joon.SeesAsync("한글도 되네요 👋🏽");
        Assert.Equal(1, await mina.CountAsync("Hello from the courtyard!"));
        Assert.Equal(1, await mina.CountAsync("한글도 되네요 👋🏽"));
    }

    [Fact]
    public async Task Enter_that_ends_a_composition_does_not_send_and_the_next_one_sends_once()
    {
        await using var server = await Server.StartAsync();
        var (mina, joon) = await MeetAsync(server, Look.English, Look.Korean);
        await joon.OpenChatAsync("mina");

        await joon.ComposeAndEnterAsync(["ㅇ", "아", "안", "안ㄴ", "안녀", "안녕"]);
        Assert.Equal("안녕", await joon.Composer.InputValueAsync());
        await joon.Composer.PressAsync("Enter");
        await mina.SeesAsync("안녕");

        // A message that follows on the same line proves that no second one is on its way.
        await joon.SayAsync("끝");
        await mina.SeesAsync("끝");
        Assert.Equal(1, await mina.CountAsync("안녕"));
        Assert.Equal("", await joon.Composer.InputValueAsync());
    }

    [Fact]
    public async Task What_is_said_while_the_server_is_down_arrives_once_when_it_is_back()
    {
        await using var server = await Server.StartAsync();
        var (mina, joon) = await MeetAsync(server, Look.English, Look.Korean);
        await joon.OpenChatAsync("mina");
        await mina.SayAsync("before");
        await joon.SeesAsync("before");

        await server.KillAsync();
        await mina.SayAsync("into the dark");
        await server.RestartAsync();

        await joon.SeesAsync("into the dark");
        await joon.SayAsync("받았어요");
        await mina.SeesAsync("받았어요");
        Assert.Equal(1, await joon.CountAsync("before"));
        Assert.Equal(1, await joon.CountAsync("into the dark"));
    }

    [Fact]
    public async Task A_person_sends_with_the_keyboard_alone()
    {
        await using var server = await Server.StartAsync();
        var (mina, joon) = await MeetAsync(server, Look.English, Look.Korean);
        await joon.Page.GotoAsync("/");
        await joon.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { NameRegex = new("mina") }).First.WaitForAsync();
        await joon.Page.Keyboard.PressAsync("Control+k");
        await joon.Page.GetByRole(Microsoft.Playwright.AriaRole.Combobox).WaitForAsync();
        await joon.Page.Keyboard.TypeAsync("mina");
        await joon.Page.GetByRole(Microsoft.Playwright.AriaRole.Option).First.WaitForAsync();
        await joon.Page.Keyboard.PressAsync("Enter");
        await joon.Composer.WaitForAsync();
        await joon.Page.Keyboard.TypeAsync("no mouse");
        await joon.Page.Keyboard.PressAsync("Enter");
        await mina.SeesAsync("no mouse");
    }

    /// <summary>Mina sets the server up and starts a chat with Joon, whom an admin's request creates; both are signed in.</summary>
    private async Task<(Person Mina, Person Joon)> MeetAsync(Server server, Look minaLook, Look joonLook)
    {
        var mina = new Person(await chromium.OpenAsync(server.Address, minaLook), minaLook);
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        using (var api = await Api.SignInAsync(server, "mina", Password))
        {
            await api.CreateAsync("joon", "joon", Password, joonLook.Locale[..2]);
        }

        var joon = new Person(await chromium.OpenAsync(server.Address, joonLook), joonLook);
        await joon.SignInAsync("joon", Password);
        await mina.StartChatAsync("joon");
        return (mina, joon);
    }
}
