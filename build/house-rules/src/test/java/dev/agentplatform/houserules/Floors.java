package dev.agentplatform.houserules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who may use whom: each floor the floors below it, never one above or beside it, except for the arrows drawn here. */
final class Floors {
    private static final String PACKAGE = "dev.agentplatform.";

    /** Floors of libs, the lowest first. */
    private static final List<Set<String>> LIBS = List.of(
            Set.of("kernel"),
            Set.of("language", "outbound", "store", "vault"),
            Set.of("web", "catalog", "events"),
            Set.of("queue"),
            Set.of("engine"),
            Set.of("service"));

    /** Above libs: floors by the folder their rooms are in. */
    private static final List<String> FOLDERS = List.of("services", "doors", "app", "bench");

    /** Services stand side by side; these may use those, and no arrow has a way back. */
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "runtime", Set.of("workflow", "human"),
            "session", Set.of("runtime", "workflow"),
            "agent", Set.of("model", "tool", "skill", "memory", "knowledge", "human"),
            "team", Set.of("agent"),
            "skill", Set.of("code", "model", "tool", "workflow"));

    /** For tests only; it may use all of libs. */
    private static final String TEST_KIT = "testkit";

    private static final Pattern ROOM =
            Pattern.compile("(?:(libs|services|doors)/([a-z-]+)|(app|bench))/src/(main|test)/java/(.*)");

    private record Place(String folder, String room, boolean test, String below) {}

    private Floors() {}

    static List<Finding> check(List<SourceFile> files) {
        Set<String> serviceRooms = roomsIn(files, "services");
        Set<String> doorRooms = roomsIn(files, "doors");
        List<Finding> findings = new ArrayList<>();
        for (SourceFile file : files) {
            Optional<Place> place = file.isJava() ? place(file.path()) : Optional.empty();
            if (place.isEmpty()) continue;
            checkPackage(file, place.get()).ifPresent(findings::add);
            for (String used : roomsUsedBy(file)) {
                if (!mayUse(place.get(), used, serviceRooms, doorRooms)) {
                    findings.add(new Finding(
                            file.path(),
                            lineOfUse(file, used),
                            place.get().room() + " uses " + used + ", which is not below it",
                            "Move what both need to a floor below, or let the caller hand it in"));
                }
            }
        }
        return findings;
    }

    private static boolean mayUse(Place user, String used, Set<String> services, Set<String> doors) {
        if (used.equals(user.room())) return true;
        if (used.equals(TEST_KIT)) return user.test();
        int usedFloor = floor(used, services, doors);
        if (user.room().equals(TEST_KIT)) return usedFloor < LIBS.size();
        if (usedFloor < floorOf(user)) return true;
        return user.folder().equals("services")
                && ARROWS.getOrDefault(user.room(), Set.of()).contains(used);
    }

    private static int floorOf(Place place) {
        return place.folder().equals("libs") ? libsFloor(place.room()) : LIBS.size() + FOLDERS.indexOf(place.folder());
    }

    private static int floor(String room, Set<String> services, Set<String> doors) {
        if (services.contains(room)) return LIBS.size() + FOLDERS.indexOf("services");
        if (doors.contains(room)) return LIBS.size() + FOLDERS.indexOf("doors");
        if (FOLDERS.contains(room)) return LIBS.size() + FOLDERS.indexOf(room);
        return libsFloor(room);
    }

    private static int libsFloor(String room) {
        for (int floor = 0; floor < LIBS.size(); floor++) {
            if (LIBS.get(floor).contains(room)) return floor;
        }
        // A room without a floor may be used by nobody until it is given one in LIBS.
        return Integer.MAX_VALUE;
    }

    private static Optional<Finding> checkPackage(SourceFile file, Place place) {
        String expected = (PACKAGE + place.room().replace("-", "")).replace('.', '/') + "/";
        if (place.below().startsWith(expected)) return Optional.empty();
        // The tests of the store need the test kit, which needs the store: they stand with the kit.
        if (place.room().equals(TEST_KIT) && place.test()) return Optional.empty();
        return Optional.of(new Finding(
                file.path(),
                0,
                "is outside the package of its room",
                "Move it into " + expected.replace('/', '.') + "*"));
    }

    private static Set<String> roomsUsedBy(SourceFile file) {
        CompilationUnitTree unit = JavaSource.parse(file).unit();
        Set<String> rooms = new TreeSet<>();
        for (ImportTree one : unit.getImports()) {
            roomOf(one.getQualifiedIdentifier().toString()).ifPresent(rooms::add);
        }
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMemberSelect(MemberSelectTree name, Void nothing) {
                roomOf(name.toString()).ifPresent(rooms::add);
                return super.visitMemberSelect(name, nothing);
            }
        }.scan(unit.getTypeDecls(), null);
        return rooms;
    }

    private static Optional<String> roomOf(String name) {
        if (!name.startsWith(PACKAGE)) return Optional.empty();
        String rest = name.substring(PACKAGE.length());
        int end = rest.indexOf('.');
        return end < 0 ? Optional.empty() : Optional.of(rest.substring(0, end));
    }

    private static int lineOfUse(SourceFile file, String room) {
        Matcher use = Pattern.compile("(?m)^import .*" + Pattern.quote(PACKAGE + room + "."))
                .matcher(file.text());
        if (use.find()) return file.lineOf(use.start());
        return file.lineOf(Math.max(0, file.text().indexOf(PACKAGE + room + ".")));
    }

    private static Set<String> roomsIn(List<SourceFile> files, String folder) {
        Set<String> rooms = new TreeSet<>();
        for (SourceFile file : files) {
            Matcher path = Pattern.compile(folder + "/([a-z-]+)/pom\\.xml").matcher(file.path());
            if (path.matches()) rooms.add(path.group(1).replace("-", ""));
        }
        return rooms;
    }

    private static Optional<Place> place(String path) {
        Matcher match = ROOM.matcher(path);
        if (!match.matches()) return Optional.empty();
        String folder = match.group(1) == null ? match.group(3) : match.group(1);
        String room = match.group(2) == null ? match.group(3) : match.group(2).replace("-", "");
        return Optional.of(new Place(folder, room, match.group(4).equals("test"), match.group(5)));
    }
}
