/* Hides AVX-512, VNNI and AMX from a program, so that it runs as on a processor with AVX2 alone.
 *
 *     gcc -O2 -shared -fPIC benchmarks/avx2_only.c -o runs/avx2_only.so
 *     LD_PRELOAD=runs/avx2_only.so OMP_NUM_THREADS=1 python -m benchmarks.latency
 *
 * Libraries ask the instruction CPUID what the processor can do. Linux can make CPUID a fault where
 * the processor supports that (cpuid_fault in /proc/cpuinfo); the handler of the fault answers
 * without those bits. Threads inherit the setting, programs that are started by the program do not.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012

/* Leaf 7: AVX-512 in EBX, ECX and EDX; GFNI, VAES and VNNI in ECX; AMX in EDX. Leaf 7, part 1:
 * AVX-VNNI, AVX-512 BF16 and AMX-FP16 in EAX; AVX-VNNI-INT8 and the like in EDX. */
static const unsigned HIDDEN_7_EBX = 0xdc230000u;
static const unsigned HIDDEN_7_ECX = 0x00005f42u;
static const unsigned HIDDEN_7_EDX = 0x03c0010cu;
static const unsigned HIDDEN_7_1_EAX = 0x00a00030u;
static const unsigned HIDDEN_7_1_EDX = 0x00080530u;

static int set_cpuid(int allowed) { return (int)syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed); }

static void answer(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)registers[REG_RIP];
    (void)info;
    if (code[0] != 0x0f || code[1] != 0xa2) { /* another fault: it ends the program as usual */
        signal(number, SIG_DFL);
        return;
    }
    unsigned leaf = (unsigned)registers[REG_RAX], part = (unsigned)registers[REG_RCX];
    unsigned a, b, c, d;
    set_cpuid(1);
    __cpuid_count(leaf, part, a, b, c, d);
    set_cpuid(0);
    if (leaf == 7 && part == 0) {
        b &= ~HIDDEN_7_EBX;
        c &= ~HIDDEN_7_ECX;
        d &= ~HIDDEN_7_EDX;
    } else if (leaf == 7 && part == 1) {
        a &= ~HIDDEN_7_1_EAX;
        d &= ~HIDDEN_7_1_EDX;
    }
    registers[REG_RAX] = a;
    registers[REG_RBX] = b;
    registers[REG_RCX] = c;
    registers[REG_RDX] = d;
    registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    if (set_cpuid(0) != 0) {
        fputs("avx2_only: this processor or kernel cannot make CPUID a fault\n", stderr);
        exit(1);
    }
}
