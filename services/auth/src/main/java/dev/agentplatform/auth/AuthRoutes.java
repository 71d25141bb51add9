package dev.agentplatform.auth;

import dev.agentplatform.auth.Permissions.Grant;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /auth}: users, roles, who has which, and the question whether somebody may. */
final class AuthRoutes {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.@-]{1,100}");

    private final Users users;
    private final Roles roles;
    private final Permissions permissions;

    AuthRoutes(Users users, Roles roles, Permissions permissions) {
        this.users = users;
        this.roles = roles;
        this.permissions = permissions;
    }

    void addTo(Routes routes) {
        users(routes);
        roles(routes);
        assignments(routes);
        routes.post("/auth/permissions/check", "Whether a user may")
                .body(Check.class)
                .answers(200, ObjectNode.class, "allowed, and the role that allows it")
                .handle(this::check);
    }

    private void users(Routes routes) {
        routes.post("/auth/users", "Create a user")
                .secret()
                .body(CreateUser.class)
                .handle(this::createUser);
        routes.get("/auth/users", "List users, newest first")
                .query("username", "string", "Its name")
                .query("email", "string", "Its e-mail address")
                .query("status", "string", "active or disabled")
                .paged()
                .handle(this::listUsers);
        routes.get("/auth/users/{id}", "Get a user")
                .handle(request -> Reply.of(
                        200,
                        users.find(request.workspace().id(), request.id("id")).json()));
        routes.patch("/auth/users/{id}", "Change a user; a new password ends its sign-ins")
                .secret()
                .body(PatchUser.class)
                .handle(this::patchUser);
        routes.delete("/auth/users/{id}", "Delete a user with its roles and sign-ins")
                .handle(request -> {
                    users.delete(request.workspace().id(), request.id("id"), by(request));
                    return Reply.empty(204);
                });
    }

    private void roles(Routes routes) {
        routes.post("/auth/roles", "Create a role").body(CreateRole.class).handle(this::createRole);
        routes.get("/auth/roles", "List roles, newest first")
                .query("code", "string", "Its code")
                .paged()
                .handle(request -> Reply.page(
                        roles.list(
                                request.workspace().id(), request.query("code").orElse(null), page(request)),
                        Role::json));
        routes.get("/auth/roles/{id}", "Get a role")
                .handle(request -> Reply.of(
                        200,
                        roles.find(request.workspace().id(), request.id("id")).json()));
        routes.patch("/auth/roles/{id}", "Change a role").body(PatchRole.class).handle(this::patchRole);
        routes.delete("/auth/roles/{id}", "Delete a role; whoever has it loses it")
                .handle(request -> {
                    roles.delete(request.workspace().id(), request.id("id"), by(request));
                    return Reply.empty(204);
                });
    }

    private void assignments(Routes routes) {
        routes.post("/auth/assignments", "Give a user a role")
                .body(Assign.class)
                .handle(this::assign);
        routes.get("/auth/assignments", "List who has which role, newest first")
                .query("user_id", "string", "Whose roles")
                .query("role_id", "string", "Who has it")
                .paged()
                .handle(request -> Reply.page(
                        roles.listAssignments(
                                request.workspace().id(),
                                request.idQuery("user_id").orElse(null),
                                request.idQuery("role_id").orElse(null),
                                page(request)),
                        Assignment::json));
        routes.get("/auth/assignments/{id}", "Get an assignment")
                .handle(request -> Reply.of(
                        200,
                        roles.findAssignment(request.workspace().id(), request.id("id"))
                                .json()));
        routes.delete("/auth/assignments/{id}", "Take a role from a user").handle(request -> {
            roles.unassign(request.workspace().id(), request.id("id"), by(request));
            return Reply.empty(204);
        });
    }

    record CreateUser(
            @Required @Length(min = 1, max = 200) String username,
            @Length(max = 200) String displayName,
            @Length(max = 320) String email,

            @Length(min = Passwords.LENGTH_MIN, max = Passwords.LENGTH_MAX) @Doc("Without one the user cannot sign in")
            String password) {
        CreateUser {
            if (Ids.parse(username).isPresent()) throw Problem.invalid("username", "must not look like an id");
            if (!printable(username))
                throw Problem.invalid("username", "must be printable, without blanks at its ends");
            checkEmail(email);
        }
    }

    record PatchUser(
            @Length(max = 200) String displayName,
            @Length(max = 320) String email,

            @Length(min = Passwords.LENGTH_MIN, max = Passwords.LENGTH_MAX)
            String password,

            @OneOf({User.ACTIVE, User.DISABLED}) String status) {
        PatchUser {
            checkEmail(email);
        }
    }

    record CreateRole(
            @Required @Length(min = 1, max = 100) String code,
            @Required @Length(min = 1, max = 200) String name,

            @Required @Alias("permissions") @Doc("Rights: a list of texts, or a text of words")
            JsonNode permissionsJson) {
        CreateRole {
            if (!CODE.matcher(code).matches() || Ids.parse(code).isPresent()) {
                throw Problem.invalid("code", "must be letters, digits or any of . _ @ -, and no id");
            }
        }
    }

    record PatchRole(
            @Length(min = 1, max = 200) String name,
            @Alias("permissions") JsonNode permissionsJson) {}

    record Assign(
            @Required @Length(min = 1, max = 200) @Doc("Id or name of a user")
            String userId,

            @Required @Length(min = 1, max = 100) @Doc("Id or code of a role")
            String roleId) {}

    record Check(
            @Required @Length(min = 1, max = 200) @Doc("Id or name of a user")
            String userId,

            @Required @Length(min = 1, max = Permission.LENGTH_MAX) @Doc("As agent:write or agent:execute:sales_agent")
            String permission) {}

    private Reply createUser(Request request) {
        CreateUser body = request.body(CreateUser.class);
        User user = users.create(
                request.workspace().id(),
                new Users.NewUser(body.username(), body.displayName(), body.email(), body.password()),
                by(request));
        return Reply.of(201, user.json());
    }

    private Reply listUsers(Request request) {
        UserTable.Filter filter = new UserTable.Filter(
                request.query("username").orElse(null),
                request.query("email").orElse(null),
                request.query("status").orElse(null));
        return Reply.page(users.list(request.workspace().id(), filter, page(request)), User::json);
    }

    private Reply patchUser(Request request) {
        UUID id = request.id("id");
        PatchUser body = request.body(PatchUser.class);
        Users.Patch patch = new Users.Patch(body.displayName(), body.email(), body.password(), body.status());
        return Reply.of(
                200,
                users.patch(request.workspace().id(), id, patch, by(request)).json());
    }

    private Reply createRole(Request request) {
        CreateRole body = request.body(CreateRole.class);
        List<String> words = Words.rights("permissions_json", body.permissionsJson());
        Role role = roles.create(request.workspace().id(), body.code(), body.name(), words, by(request));
        return Reply.of(201, role.json());
    }

    private Reply patchRole(Request request) {
        UUID id = request.id("id");
        PatchRole body = request.body(PatchRole.class);
        List<String> words =
                body.permissionsJson() == null ? null : Words.rights("permissions_json", body.permissionsJson());
        Role role = roles.patch(request.workspace().id(), id, body.name(), words, by(request));
        return Reply.of(200, role.json());
    }

    private Reply assign(Request request) {
        Assign body = request.body(Assign.class);
        Assignment made = roles.assign(request.workspace().id(), body.userId(), body.roleId(), by(request));
        return Reply.of(201, made.json());
    }

    private Reply check(Request request) {
        Check body = request.body(Check.class);
        Permission wanted = Permission.parse(body.permission())
                .orElseThrow(() -> Problem.invalid("permission", "must be a right such as agent:write"));
        String workspace = request.workspace().id();
        Optional<Grant> grant = permissions.find(workspace, body.userId(), wanted);
        ObjectNode answer = Json.object().put("allowed", grant.isPresent());
        grant.ifPresent(found -> answer.put("matched_role", found.roleCode()));
        answer.put("user_id", body.userId()).put("permission", body.permission());
        answer.put("workspace_id", workspace).put("tenant_id", workspace);
        // Scripts of the predecessors look for this text, blank included.
        String text = Json.write(answer).replaceFirst("\"allowed\":", "\"allowed\": ");
        return Reply.bytes(200, Reply.JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void checkEmail(String email) {
        if (email != null && !email.isEmpty() && (email.indexOf('@') < 1 || !printable(email))) {
            throw Problem.invalid("email", "must be an e-mail address");
        }
    }

    private static boolean printable(String text) {
        return text.strip().equals(text) && text.chars().noneMatch(Character::isISOControl);
    }

    private static String by(Request request) {
        return request.principal().userId().orElse(null);
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }
}
