using System.CommandLine;
using Madang.Commands;

// madang VERB: what each verb does is in its own file under Commands/.
var root = new RootCommand("Madang: chat, news feed, notifications and crawler in one server.");
ServeCommand.AddTo(root);
return await Cli.RunAsync(root, args);
