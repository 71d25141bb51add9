package dev.agentplatform.code;
import org.junit.jupiter.api.Test;
class QuickTest {
    @Test void look() throws Exception {
        Boxes.all().forEach(box -> {
            try { System.out.println(box.sandboxes().check()); } catch (Exception e) {}
            System.out.println(box.python("print('hi', payload); result = {'a': 1}"));
            System.out.println(box.python("x = 1\ny = 1/0"));
            System.out.println(box.python("x = 1\ny = (("));
            System.out.println(box.javascript("console.log('hi', payload); result = {a: 1}"));
            System.out.println(box.javascript("const x = 1;\nnull.x"));
            System.out.println(box.javascript("const x = 1;\nlet ;("));
            System.out.println(box.javascript("const r = await Promise.resolve(5);\nresult = r"));
            System.out.println(box.javascript("setTimeout(() => { result = 7 }, 10)"));
            System.out.println(box.python("result = open('/proc/1/environ').read()"));
            System.out.println(box.python("b = bytearray(10**9)"));
            System.out.println(box.javascript("const a=[]; while(true) a.push(new Array(100000).fill(1.5))"));
            System.out.println(box.run(Language.PYTHON, "while True: pass", "1", java.time.Duration.ofSeconds(1)));
            for (Language l : Language.values()) {
            java.util.List<Long> t = new java.util.ArrayList<>();
            for (int i = 0; i < 50; i++) { long s = System.nanoTime(); box.run(l, "result = 1"); t.add((System.nanoTime()-s)/1000);
              java.util.concurrent.locks.LockSupport.parkNanos(0);}
            java.util.Collections.sort(t); System.out.println(l + " " + t.get(25) + " " + t.get(49)); }
        });
    }
}
