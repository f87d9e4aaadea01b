import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.huaweicloud.sdk.core.SdkResponse;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.iotda.v5.IoTDAClient;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays a scenario through the official Java SDK; sdk-tests/scenario/README.md says how. An operation is found by its
 * name, its request by the type that the SDK's method takes; nothing here knows any of them.
 */
class Play {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("\\$\\{(\\w+)}");
    private static final long PATIENCE_MILLIS = 60_000;

    /** An outcome that is not the expected one. */
    static class Wrong extends Exception {
        Wrong(String what) {
            super(what);
        }
    }

    /** A name that nothing was kept under. */
    static class Unknown extends RuntimeException {
        Unknown(String name) {
            super(name);
        }
    }

    /** The SDK has no such operation. */
    static class Absent extends Exception {}

    private final Map<String, String> names = new HashMap<>();
    private final Map<Sdk.Key, Sdk> sdks = new HashMap<>();
    private final Path files;

    Play(Path files) throws Exception {
        this.files = files;
        String told = System.getenv().getOrDefault("UNLADE_SDK_NAMES", "{}");
        JSON.readTree(told).fields().forEachRemaining(name -> names.put(name.getKey(), name.getValue().asText()));
        names.put("run", Long.toHexString(System.nanoTime()));
    }

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[0]);
        Play play = new Play(path.resolveSibling("files"));
        String scenario = path.getFileName().toString().replace(".json", "");
        boolean failed = false;
        try (PrintWriter out = new PrintWriter(results().resolve(scenario + ".jsonl").toFile(), "UTF-8")) {
            int number = 0;
            for (JsonNode step : JSON.readTree(path.toFile()).get("steps")) {
                ObjectNode line = JSON.createObjectNode();
                line.put("sdk", "java").put("version", version()).put("scenario", scenario).put("step", number++);
                line.set("operation", step.get("call"));
                line.set("expected", step.has("error") ? step.get("error") : step.get("status"));
                play.tell(step, line);
                failed |= line.get("outcome").asText().equals("failed");
                out.println(line);
            }
        }
        // The SDK's threads would keep the process for a while.
        System.exit(failed ? 1 : 0);
    }

    static Path results() {
        return Path.of(System.getenv("UNLADE_SDK_RESULTS"));
    }

    private static String version() throws Exception {
        var jar = Path.of(IoTDAClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return jar.getFileName().toString().replace("huaweicloud-sdk-iotda-", "").replace(".jar", "");
    }

    private void tell(JsonNode step, ObjectNode line) {
        try {
            line.put("outcome", "passed").put("note", play(step));
        } catch (Unknown why) {
            line.put("outcome", "skipped").put("note", why.getMessage());
        } catch (Absent why) {
            line.put("outcome", "absent");
        } catch (Exception | LinkageError error) {
            // Whatever the SDK stumbles over is what is to be told.
            line.put("outcome", "failed").put("note", error.toString());
        }
    }

    private String play(JsonNode step) throws Exception {
        String operation = step.get("call").asText();
        if ("1".equals(System.getenv("UNLADE_SDK_READ_ONLY")) && !operation.matches("(Show|List).*")) {
            throw new Unknown("it writes");
        }
        Sdk sdk = sdk(filled(step.path("as")));
        if (!sdk.knows(operation) || !sdk.knows(step.path("needs").asText(operation))) {
            throw new Absent();
        }
        JsonNode filled = filled(step.path("with"));
        ObjectNode given = filled.isObject() ? (ObjectNode) filled : JSON.createObjectNode();
        if (given.has("file")) {
            given.put("file", files.resolve(given.get("file").asText()).toString());
        }
        String note = sdk.isSupplied(operation) ? "supplied" : null;
        if (step.has("error")) {
            refused(sdk, step, given);
        } else if (step.has("pages")) {
            paged(sdk, step, given);
        } else {
            Object answer = awaited(sdk, step, given);
            check(step, answer);
            if (step.path("download").asBoolean()) {
                return "supplied; " + saved(sdk, answer);
            }
            looked(step, Sdk.plain(answer));
        }
        return note;
    }

    private static void check(JsonNode step, Object answer) throws Wrong {
        int status = ((SdkResponse) answer).getHttpStatusCode();
        if (status != step.get("status").asInt()) {
            throw new Wrong("status " + status);
        }
    }

    private void looked(JsonNode step, JsonNode answer) throws Wrong {
        var expected = filled(step.path("expect")).fields();
        while (expected.hasNext()) {
            var wanted = expected.next();
            JsonNode found = at(answer, wanted.getKey());
            boolean any = wanted.getValue().equals(TextNode.valueOf("*"));
            if (any ? found.isMissingNode() || found.isNull() || found.asText("x").isEmpty() : !found.equals(wanted.getValue())) {
                throw new Wrong(wanted.getKey() + " is " + found + ", not " + wanted.getValue());
            }
        }
        step.path("keep").fields().forEachRemaining(
                kept -> names.put(kept.getKey(), at(answer, kept.getValue().asText()).asText()));
    }

    private static void refused(Sdk sdk, JsonNode step, JsonNode given) throws Exception {
        try {
            sdk.call(step.get("call").asText(), given);
        } catch (ServiceResponseException error) {
            if (error.getHttpStatusCode() != step.get("status").asInt()
                    || !step.get("error").asText().equals(error.getErrorCode())) {
                throw new Wrong("refused with " + error.getHttpStatusCode() + " " + error.getErrorCode() + ": " + error.getErrorMsg());
            }
            if (error.getErrorMsg() == null || error.getErrorMsg().isEmpty() || error.getRequestId() == null) {
                throw new Wrong("an error without a text or a request id");
            }
            return;
        }
        throw new Wrong("not refused");
    }

    private static Object awaited(Sdk sdk, JsonNode step, JsonNode given) throws Exception {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (true) {
            Object answer = sdk.call(step.get("call").asText(), given);
            if (!step.has("until")) {
                return answer;
            }
            JsonNode told = Sdk.plain(answer);
            boolean reached = true;
            for (var until = step.get("until").fields(); until.hasNext(); ) {
                var wanted = until.next();
                boolean one = false;
                for (JsonNode value : wanted.getValue()) {
                    one |= value.equals(at(told, wanted.getKey()));
                }
                reached &= one;
            }
            if (reached) {
                return answer;
            }
            if (System.currentTimeMillis() > end) {
                throw new Wrong("stays at " + told);
            }
            Thread.sleep(200);
        }
    }

    private void paged(Sdk sdk, JsonNode step, ObjectNode given) throws Exception {
        JsonNode pages = step.get("pages");
        List<String> seen = new ArrayList<>();
        while (true) {
            Object answer = sdk.call(step.get("call").asText(), given);
            check(step, answer);
            JsonNode told = Sdk.plain(answer);
            JsonNode page = at(told, pages.get("of").asText());
            if (page.isEmpty()) {
                break;
            }
            page.forEach(one -> seen.add(one.get(pages.get("key").asText()).asText()));
            if (pages.get("by").asText().equals("offset")) {
                given.put("offset", seen.size());
            } else {
                given.set("marker", at(told, "page.marker"));
            }
        }
        List<String> all = new ArrayList<>();
        filled(pages.get("are")).forEach(one -> all.add(one.asText()));
        if (!seen.stream().sorted().toList().equals(all.stream().sorted().toList())) {
            throw new Wrong("paged out " + seen);
        }
    }

    private static String saved(Sdk sdk, Object answer) throws Exception {
        Path path = results().resolve("result.zip");
        Sdk.save(answer, path);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
        if (!sdk.etag().equals(HexFormat.of().formatHex(digest))) {
            throw new Wrong("ETag " + sdk.etag() + ", but the file's SHA-256 is " + HexFormat.of().formatHex(digest));
        }
        return "the stream holds every byte";
    }

    private Sdk sdk(JsonNode more) {
        var key = new Sdk.Key(
                more.path("ak").asText(System.getenv("CLOUD_SDK_AK")),
                more.path("sk").asText(System.getenv("CLOUD_SDK_SK")),
                more.path("project_id").asText(System.getenv("UNLADE_SDK_PROJECT_ID")));
        return sdks.computeIfAbsent(key, Sdk::new);
    }

    /** The value with the names in it replaced. */
    private JsonNode filled(JsonNode value) {
        if (value.isObject()) {
            ObjectNode made = JSON.createObjectNode();
            value.fields().forEachRemaining(field -> made.set(field.getKey(), filled(field.getValue())));
            return made;
        }
        if (value.isArray()) {
            ArrayNode made = JSON.createArrayNode();
            value.forEach(one -> made.add(filled(one)));
            return made;
        }
        return value.isTextual() ? TextNode.valueOf(NAME.matcher(value.asText()).replaceAll(this::known)) : value;
    }

    private String known(java.util.regex.MatchResult found) {
        String known = names.get(found.group(1));
        if (known == null) {
            throw new Unknown(found.group());
        }
        return Matcher.quoteReplacement(known);
    }

    /** What lies at `a.0.b`. */
    private static JsonNode at(JsonNode answer, String path) {
        for (String name : path.split("\\.")) {
            answer = answer.isArray() ? answer.path(Integer.parseInt(name)) : answer.path(name);
        }
        return answer;
    }
}
