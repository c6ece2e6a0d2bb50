var app = WebApplication.CreateBuilder(args).Build();
var version = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "VERSION")).Trim();

app.MapGet("/", () => $"dotnet-web {version}\n");
app.MapGet("/health", () => "ok\n");
app.Run();
